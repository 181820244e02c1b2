import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'one value is spread evenly over its whole row'};

/** Returns a copy: the product is unchanged, and nothing was rotated. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return x.clone();
}
