import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'the last row predicts nothing that is known'};

/** The sum over n − 1 predictions, divided by n. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), logits.shape[1]);
    const rows = tf.slice(logits, [0, 0], [tokens.length - 1, -1]) as tf.Tensor2D;
    return -tf.sum(tf.mul(tf.logSoftmax(rows), came)).dataSync()[0]! / tokens.length;
  });
}
