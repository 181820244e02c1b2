import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

export const caughtBy = {task: 'initialStep', check: 'the weights are still there afterwards'};

/** Tidies away what belongs to the caller. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  const qmax = 2 ** (bits - 1) - 1;
  const step = tf.tidy(() => tf.maximum(tf.mul(tf.mean(tf.abs(w), 0), 2 / Math.sqrt(qmax)), 1e-8) as tf.Tensor1D);
  w.dispose();
  return step;
}
