import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dequantize', check: 'each value is scale times code'};

/** q·s + z with half a step for z: the offset of another scheme. */
export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor {
  return codes
    .toFloat()
    .mul(scale)
    .add(scale / 2);
}
