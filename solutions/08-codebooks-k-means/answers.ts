import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Clustered} from '../../exercises/08-codebooks-k-means/interface.ts';

/**
 * Lloyd's algorithm on a line. It starts with equally spaced centroids, so that both ends of the range have one: large weights are few, and the ones that matter.
 * Each round can only lower the mean squared error: assigning does for fixed centroids, the mean does for fixed indices. So it settles.
 */
export function kmeansQuantize(weights: tf.Tensor, bits: number): Clustered {
  const values = Float32Array.from(weights.dataSync());
  const count = 2 ** bits;
  const [min, max] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const centroids = Float32Array.from({length: count}, (_, k) => min + ((max - min) * k) / (count - 1));
  const indices = new Int32Array(values.length).fill(-1);
  for (let round = 0; round < 300; round++) {
    let moved = 0;
    const sums = new Float64Array(count);
    const members = new Float64Array(count);
    for (let i = 0; i < values.length; i++) {
      let nearest = 0;
      for (let k = 1; k < count; k++) if (Math.abs(values[i]! - centroids[k]!) < Math.abs(values[i]! - centroids[nearest]!)) nearest = k;
      if (indices[i] !== nearest) moved++;
      indices[i] = nearest;
      sums[nearest]! += values[i]!;
      members[nearest]!++;
    }
    // Before the means: so indices and table belong together when it ends.
    if (moved === 0) break;
    for (let k = 0; k < count; k++) if (members[k]! > 0) centroids[k] = sums[k]! / members[k]!;
  }
  return {indices: tf.tensor(indices, weights.shape, 'int32'), centroids: tf.tensor1d(centroids)};
}

/** Bit by bit: slow, and right for every width. The table is 4 bytes for each centroid, the indices are one stream of bits. */
export function storeClustered(indices: tf.Tensor, centroids: tf.Tensor1D, bits: number): Uint8Array {
  const table = new Uint8Array(Float32Array.from(centroids.dataSync()).buffer);
  const codes = indices.dataSync();
  const bytes = new Uint8Array(table.length + Math.ceil((codes.length * bits) / 8));
  bytes.set(table);
  for (let i = 0; i < codes.length; i++) {
    for (let b = 0; b < bits; b++) {
      const at = i * bits + b; // the place in the stream of bits
      bytes[table.length + Math.floor(at / 8)]! |= ((codes[i]! >> b) & 1) << (at % 8);
    }
  }
  return bytes;
}

/**
 * Weights that share a centroid move together, so the gradient of a centroid is the sum of theirs. With `members` [weights, count], a 1 where a weight uses a centroid,
 * the weights are members · centroids, and the sums are membersᵀ · gradient: the same matrix forward and back. A centroid without weights gets 0.
 */
export function fineTuneCentroids(x: tf.Tensor2D, exact: tf.Tensor2D, indices: tf.Tensor2D, centroids: tf.Tensor1D): tf.Tensor {
  const count = centroids.shape[0];
  const tuned = tf.variable(centroids);
  const spread = tf.tidy(() => centroids.max().sub(centroids.min()).dataSync()[0]!);
  const members = tf.tidy(() => tf.oneHot(indices.flatten(), count).toFloat() as tf.Tensor2D);
  const optimizer = tf.train.adam(0.01 * spread);
  for (let step = 0; step < 200; step++) {
    tf.tidy(() => {
      const weights = members.matMul(tuned.reshape([count, 1])).reshape(indices.shape) as tf.Tensor2D;
      const error = x.matMul(weights).sub(exact); // [rows, outputs]
      const gradient = x.matMul(error, true, false); // xᵀ · error: [inputs, outputs]
      const sums = members.matMul(gradient.reshape([indices.size, 1]), true, false).reshape([count]);
      optimizer.applyGradients([{name: tuned.name, tensor: sums}]);
    });
  }
  const answer = tuned.clone();
  tf.dispose([tuned, members]);
  optimizer.dispose();
  return answer;
}
