import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'four bits for both lose less on loud inputs'};

/** Reverses the inputs: a rotation, but outliers stay outliers. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return x.reverse(1);
}
