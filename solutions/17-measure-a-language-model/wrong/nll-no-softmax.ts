import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'each row of logits is held against the next token'};

/** The logits themselves, as if they were log probabilities. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), logits.shape[1]);
    const rows = tf.slice(logits, [0, 0], [tokens.length - 1, -1]);
    return -tf.mean(tf.sum(tf.mul(rows, came), 1)).dataSync()[0]!;
  });
}
