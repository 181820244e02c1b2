import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'each value is scale times code'};

/** Divides where it should multiply. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes.toFloat().div(scale);
}
