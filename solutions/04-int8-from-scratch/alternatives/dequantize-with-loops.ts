import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** A loop over plain arrays. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  const restored = new Float32Array(codes.size);
  codes.dataSync().forEach((code, i) => (restored[i] = code * scale));
  return tf.tensor(restored, codes.shape);
}
