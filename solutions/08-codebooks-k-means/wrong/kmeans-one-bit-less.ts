import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Clustered} from '../../../exercises/08-codebooks-k-means/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'kmeansQuantize', check: 'the error is far below that of a linear grid at 2 and 3 bits'};

/** Only half of the table is used: bits − 1 where it counts. */
export function kmeansQuantize(weights: tf.Tensor, bits: number): Clustered {
  const values = Float32Array.from(weights.dataSync());
  const count = 2 ** bits;
  const [min, max] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const centroids = Float32Array.from({length: count}, (_, k) => min + ((max - min) * k) / (count / 2 - 1));
  const indices = new Int32Array(values.length).fill(-1);
  for (let round = 0; round < 300; round++) {
    let moved = 0;
    const sums = new Float64Array(count);
    const members = new Float64Array(count);
    for (let i = 0; i < values.length; i++) {
      let nearest = 0;
      for (let k = 1; k < count / 2; k++)
        if (Math.abs(values[i]! - centroids[k]!) < Math.abs(values[i]! - centroids[nearest]!)) nearest = k;
      if (indices[i] !== nearest) moved++;
      indices[i] = nearest;
      sums[nearest]! += values[i]!;
      members[nearest]!++;
    }
    if (moved === 0) break;
    for (let k = 0; k < count; k++) if (members[k]! > 0) centroids[k] = sums[k]! / members[k]!;
  }
  return {indices: tf.tensor(indices, weights.shape, 'int32'), centroids: tf.tensor1d(centroids)};
}
