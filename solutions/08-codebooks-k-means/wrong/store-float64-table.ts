import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'storeClustered', check: 'the bytes are those of the table and of the packed indices'};

/** The table as float64, as JavaScript has numbers. */
export function storeClustered(indices: tf.Tensor, centroids: tf.Tensor1D, bits: number): Uint8Array {
  const table = new Uint8Array(Float64Array.from(centroids.dataSync()).buffer);
  const codes = indices.dataSync();
  const bytes = new Uint8Array(table.length + Math.ceil((codes.length * bits) / 8));
  bytes.set(table);
  for (let i = 0; i < codes.length; i++) {
    for (let b = 0; b < bits; b++) {
      const at = i * bits + b;
      bytes[table.length + Math.floor(at / 8)]! |= ((codes[i]! >> b) & 1) << (at % 8);
    }
  }
  return bytes;
}
