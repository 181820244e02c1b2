import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** One centroid after the other to its own best value while the others stand still, in loops, until little changes. */
export function fineTuneCentroids(x: tf.Tensor2D, exact: tf.Tensor2D, indices: tf.Tensor2D, centroids: tf.Tensor1D): tf.Tensor {
  const [inputs, outputs] = indices.shape;
  const rows = x.shape[0];
  const [xs, index] = [x.dataSync(), indices.dataSync()];
  const table = Float64Array.from(centroids.dataSync());
  // parts[k] [rows · outputs]: the sum of the activations that meet centroid k
  const parts = Array.from(table, () => new Float64Array(rows * outputs));
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < outputs; j++) parts[index[i * outputs + j]!]![row * outputs + j]! += xs[row * inputs + i]!;
  const residual = Float64Array.from(
    exact.dataSync(),
    (value, at) => value - parts.reduce((sum, part, k) => sum + part[at]! * table[k]!, 0),
  );
  for (let round = 0; round < 400; round++) {
    parts.forEach((part, k) => {
      const weight = part.reduce((sum, value) => sum + value * value, 0);
      if (weight === 0) return;
      const step = part.reduce((sum, value, at) => sum + value * residual[at]!, 0) / weight;
      table[k]! += step;
      part.forEach((value, at) => (residual[at]! -= value * step));
    });
  }
  return tf.tensor1d(Array.from(table));
}
