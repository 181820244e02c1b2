import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'each row of logits is held against the next token'};

/** Each row is held against its own token, which the model has just read. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d([...tokens], 'int32'), logits.shape[1]);
    return -tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), came), 1)).dataSync()[0]!;
  });
}
