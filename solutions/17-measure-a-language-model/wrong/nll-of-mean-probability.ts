import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'each row of logits is held against the next token'};

/** The logarithm of the mean probability, not the mean of the logarithms. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), logits.shape[1]);
    const rows = tf.slice(logits, [0, 0], [tokens.length - 1, -1]) as tf.Tensor2D;
    return -Math.log(tf.mean(tf.sum(tf.mul(tf.softmax(rows), came), 1)).dataSync()[0]!);
  });
}
