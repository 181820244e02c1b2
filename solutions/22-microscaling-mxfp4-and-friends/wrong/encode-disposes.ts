import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'encodeE2M1', check: 'the values are left as they were'};

/** Disposes the values: they belong to the caller. */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  const codes = tf.tidy(() => {
    const magnitude = x.abs().clipByValue(0, 6);
    const step = tf.where(magnitude.less(2), tf.scalar(0.5), tf.where(magnitude.less(4), tf.scalar(1), tf.scalar(2)));
    const value = magnitude.div(step).round().mul(step);
    const code = tf.where(value.less(2), value.mul(2), tf.where(value.less(4), value.add(2), value.div(2).add(4)));
    return code.add(x.less(0).mul(8)).toInt();
  });
  x.dispose();
  return codes;
}
