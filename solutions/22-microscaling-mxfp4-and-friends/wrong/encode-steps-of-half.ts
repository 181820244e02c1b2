import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'encodeE2M1', check: 'between them the nearest is taken'};

/** Rounds to halves everywhere, then cuts off what has no code. */
export function encodeE2M1(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const magnitude = x.abs().clipByValue(0, 6);
    const step = tf.scalar(0.5);
    const value = magnitude.div(step).round().mul(step);
    const code = tf.where(value.less(2), value.mul(2), tf.where(value.less(4), value.add(2), value.div(2).add(4))).floor();
    return code.add(x.less(0).mul(8)).toInt();
  });
}
