import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Clustered} from '../../../exercises/08-codebooks-k-means/interface.ts';

export * from '../answers.ts';

/** On sorted values a centroid owns a run, so a round only moves the ends of the runs; sums up to each value give the means. */
export function kmeansQuantize(weights: tf.Tensor, bits: number): Clustered {
  const values = Float64Array.from(weights.dataSync());
  const sorted = values.slice().sort();
  const upTo = [0];
  for (const value of sorted) upTo.push(upTo.at(-1)! + value);
  const count = 2 ** bits;
  const [min, max] = [sorted[0]!, sorted.at(-1)!];
  let centroids = Array.from({length: count}, (_, k) => min + ((max - min) * k) / (count - 1));
  const startOf = (bound: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  for (let round = 0; round < 500; round++) {
    const starts = [0, ...centroids.slice(1).map((c, k) => startOf((c + centroids[k]!) / 2)), sorted.length];
    const next = centroids.map((c, k) =>
      starts[k + 1]! > starts[k]! ? (upTo[starts[k + 1]!]! - upTo[starts[k]!]!) / (starts[k + 1]! - starts[k]!) : c,
    );
    const settled = next.every((c, k) => c === centroids[k]);
    centroids = next;
    if (settled) break;
  }
  const nearest = (value: number): number =>
    centroids.reduce((best, c, k) => (Math.abs(value - c) < Math.abs(value - centroids[best]!) ? k : best), 0);
  return {indices: tf.tensor(Int32Array.from(values, nearest), weights.shape, 'int32'), centroids: tf.tensor1d(centroids)};
}
