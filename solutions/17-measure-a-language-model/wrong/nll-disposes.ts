import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'the logits are left as they were'};

/** It disposes the logits. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  const number = tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), logits.shape[1]);
    const rows = tf.slice(logits, [0, 0], [tokens.length - 1, -1]) as tf.Tensor2D;
    return -tf.mean(tf.sum(tf.mul(tf.logSoftmax(rows), came), 1)).dataSync()[0]!;
  });
  logits.dispose();
  return number;
}
