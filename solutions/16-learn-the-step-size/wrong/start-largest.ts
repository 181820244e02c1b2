import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'initialStep', check: 'it is twice the mean size over √qmax'};

/** The largest weight at the last code: at 2 bits most others become 0. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  const qmax = 2 ** (bits - 1) - 1;
  return tf.tidy(() => tf.maximum(tf.div(tf.max(tf.abs(w), 0), qmax), 1e-8) as tf.Tensor1D);
}
