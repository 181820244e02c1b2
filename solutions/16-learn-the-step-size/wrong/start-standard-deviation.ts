import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'initialStep', check: 'it is twice the mean size over √qmax'};

/** The root of the mean square for the mean size. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  const qmax = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.maximum(tf.mul(tf.sqrt(tf.mean(tf.square(w), 0)), 2 / Math.sqrt(qmax)), 1e-8) as tf.Tensor1D);
}
