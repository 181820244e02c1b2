import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'everything between keeps its place'};

/** An int32 tensor has no place for what lies between 0 and 1. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const moved = x.sub(x.min());
    return moved.divNoNan(moved.max()).toInt();
  });
}
