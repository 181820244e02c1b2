import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'normalize', check: 'everything between keeps its place'};

/** A minimum and a maximum for each row. */
export function normalize(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min(-1, true);
    const range = x.max(-1, true).sub(min);
    return x.sub(min).divNoNan(range);
  });
}
