import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'a round trip errs by half a step at most'};

/** Loses the sign. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes.toFloat().abs().mul(scale);
}
