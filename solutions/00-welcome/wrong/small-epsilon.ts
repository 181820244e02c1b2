import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'the smallest value becomes 0, the largest 1'};

/** A small constant against 0 / 0: too large for small values. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min();
    return x.sub(min).div(x.max().sub(min).add(1e-6));
  });
}
