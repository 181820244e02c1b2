import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Plain loops; both maxima are kept above a small number, as the published code does. */
export function smoothingScales(x: tf.Tensor2D, w: tf.Tensor2D, alpha: number): tf.Tensor1D {
  const largest = (rows: number[][], i: number): number => rows.reduce((max, row) => Math.max(max, Math.abs(row[i]!)), 1e-5);
  const [xs, ws] = [x.arraySync(), w.arraySync()];
  return tf.tensor1d(Array.from({length: x.shape[1]}, (_, i) => largest(xs, i) ** alpha / largest(ws, i) ** (1 - alpha)));
}
