import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'equal values become zeros'};

/** 0 / 0 where all values are equal. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => x.sub(x.min()).div(x.max().sub(x.min())));
}
