import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'equal values become zeros'};

/** Ones where all values are equal. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return tf.onesLike(x);
    return x.sub(min).div(max - min);
  });
}
