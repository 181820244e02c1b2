import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'a round trip errs by half a step at most'};

/** Reads the codes as unsigned bytes: −1 becomes 255. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return tf.tidy(() => codes.toFloat().add(256).mod(256).mul(scale));
}
