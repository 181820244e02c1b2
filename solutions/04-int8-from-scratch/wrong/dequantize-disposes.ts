import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'the codes are left as they were'};

/** Disposes the codes: they belong to the caller. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  const restored = codes.toFloat().mul(scale);
  codes.dispose();
  return restored;
}
