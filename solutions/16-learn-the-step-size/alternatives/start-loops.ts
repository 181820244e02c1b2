import * as tf from '@tensorflow/tfjs-node-gpu';
export * from '../answers.ts';

/** Column by column, with plain numbers. */
export function initialStep(w: tf.Tensor2D, bits: number): tf.Tensor1D {
  const rows = w.arraySync();
  const factor = 2 / Math.sqrt(2 ** (bits - 1) - 1);
  return tf.tensor1d(rows[0]!.map((_, j) => (factor * rows.reduce((sum, row) => sum + Math.abs(row[j]!), 0)) / rows.length || 1e-6));
}
