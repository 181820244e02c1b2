import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Loops over plain arrays, in float64. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  const values = x.dataSync();
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const step = (max - min) / (2 ** bits - 1) || 1;
  const snapped = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) snapped[i] = Math.round((values[i]! - min) / step) * step + min;
  return tf.tensor(snapped, x.shape);
}
