import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'each value is scale times code'};

/** Takes a zero point of 128 away that was never added. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes.toFloat().sub(128).mul(scale);
}
