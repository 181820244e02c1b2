import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** No number is read out: 0 / 0 is avoided where the range is 0. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const moved = x.sub(x.min());
    return moved.divNoNan(moved.max());
  });
}
