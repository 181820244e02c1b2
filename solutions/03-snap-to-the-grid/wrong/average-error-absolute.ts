import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'it is the average distance in percent of the average size'};

/** In the values’ own unit: relative to nothing. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => 100 * restored.sub(original).abs().mean().dataSync()[0]!);
}
