import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'each value is scale times code'};

/** Divides by 127 once more: the scale holds it already. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes.toFloat().div(127).mul(scale);
}
