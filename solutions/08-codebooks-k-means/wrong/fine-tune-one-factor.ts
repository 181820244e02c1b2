import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'fineTuneCentroids', check: 'the error of the output is nearly as small as this table allows'};

/** One best factor for the whole table: its form stays as it was. */
export function fineTuneCentroids(x: tf.Tensor2D, exact: tf.Tensor2D, indices: tf.Tensor2D, centroids: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => {
    const output = x.matMul(tf.gather(centroids as tf.Tensor, indices) as tf.Tensor2D);
    return centroids.mul(output.mul(exact).sum().div(output.square().sum()));
  });
}
