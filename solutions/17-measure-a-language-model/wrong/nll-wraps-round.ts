import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'meanNll', check: 'the last row predicts nothing that is known'};

/** The last row is held against the first token: the text is taken for a ring. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const came = tf.oneHot(tf.tensor1d([...tokens.slice(1), tokens[0]!], 'int32'), logits.shape[1]);
    return -tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), came), 1)).dataSync()[0]!;
  });
}
