import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'fineTuneCentroids', check: 'the error of the output is nearly as small as this table allows'};

/** Returns the table as it was. */
export function fineTuneCentroids(_x: tf.Tensor2D, _exact: tf.Tensor2D, _indices: tf.Tensor2D, centroids: tf.Tensor1D): tf.Tensor {
  return centroids.clone();
}
