import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** One pass over plain arrays. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  const [a, b] = [original.dataSync(), restored.dataSync()];
  let [distances, sizes] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    distances += Math.abs(a[i]! - b[i]!);
    sizes += Math.abs(a[i]!);
  }
  return distances === 0 ? 0 : (100 * distances) / sizes;
}
