import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'each row of logits is held against the next token'};

/** Each row is held against the token before it. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d(tokens.slice(0, -1), 'int32'), logits.shape[1]);
    const rows = tf.slice(logits, [1, 0], [tokens.length - 1, -1]);
    return -tf.mean(tf.sum(tf.mul(tf.logSoftmax(rows as tf.Tensor2D), came), 1)).dataSync()[0]!;
  });
}
