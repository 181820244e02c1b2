import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'encodeE2M1', check: 'the sixteen numbers get their own codes'};

/** A grid of equal steps, as int4 has: no halves, no 6. */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => x.abs().round().clipByValue(0, 7).add(x.less(0).mul(8)).toInt());
}
