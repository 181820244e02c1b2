import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'the smallest value becomes 0, the largest 1'};

/** The range by the moved values. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return tf.zerosLike(x);
    return tf.scalar(max - min).div(x.sub(min).add(1e-6));
  });
}
