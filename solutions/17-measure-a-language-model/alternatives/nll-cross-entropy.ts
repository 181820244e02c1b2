import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

/** The library’s cross entropy, on shifted labels. */
export function meanNll(logits: tf.Tensor2D, tokens: readonly number[]): number {
  return tf.tidy(() => {
    const rows = tf.slice(logits, [0, 0], [tokens.length - 1, -1]);
    return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(tokens.slice(1), 'int32'), logits.shape[1]), rows).dataSync()[0]!;
  });
}
