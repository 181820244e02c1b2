import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'the smallest value becomes 0, the largest 1'};

/** Between 0 and 1, and adds up to 1. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => x.flatten().softmax().reshape(x.shape));
}
