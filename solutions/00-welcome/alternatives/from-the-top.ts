import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** One less than the distance from the largest value, in ranges. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [min, max] = [x.min(), x.max()];
    const range = max.sub(min).dataSync()[0]!;
    return range === 0 ? x.mul(0) : tf.scalar(1).sub(max.sub(x).mul(1 / range));
  });
}
