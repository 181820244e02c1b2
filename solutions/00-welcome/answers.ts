import * as tf from '@tensorflow/tfjs-node-gpu';

/** Moves the smallest value to 0, then divides by the range: the largest becomes 1. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    // All values are equal: there is no range, and 0 / 0 would be NaN.
    if (max === min) return tf.zerosLike(x);
    return x.sub(min).div(max - min);
  });
}
