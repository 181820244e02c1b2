import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'the smallest value becomes 0, the largest 1'};

/** Divides by the range without moving first. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return tf.zerosLike(x);
    return x.div(max - min);
  });
}
