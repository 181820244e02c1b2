import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'the smallest value becomes 0, the largest 1'};

/** From −1 to 1. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return tf.zerosLike(x);
    return x
      .sub(min)
      .div(max - min)
      .mul(2)
      .sub(1);
  });
}
