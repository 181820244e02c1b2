import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'float32 comes back, in the shape of the codes'};

/** Loses the shape. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes.toFloat().mul(scale).flatten();
}
