import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'everything between keeps its place'};

/** Cuts off what lies outside 0 to 1, and what is left is stretched. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return tf.zerosLike(x);
    return x
      .sub(min)
      .div((max - min) / 2)
      .clipByValue(0, 1);
  });
}
