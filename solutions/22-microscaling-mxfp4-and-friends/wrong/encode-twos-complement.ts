import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'encodeE2M1', check: 'the sixteen numbers get their own codes'};

/** Negative codes as two’s complement: floats keep sign and magnitude. */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const magnitude = x.abs().clipByValue(0, 6);
    const step = tf.where(magnitude.less(2), tf.scalar(0.5), tf.where(magnitude.less(4), tf.scalar(1), tf.scalar(2)));
    const value = magnitude.div(step).round().mul(step);
    const code = tf.where(value.less(2), value.mul(2), tf.where(value.less(4), value.add(2), value.div(2).add(4)));
    return tf.where(x.less(0), tf.scalar(16).sub(code), code).toInt();
  });
}
