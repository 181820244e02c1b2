import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** Gives the values back as they are. */
export function quantizeToBits(x: tf.Tensor, _bits: number): tf.Tensor {
  return x.clone();
}
