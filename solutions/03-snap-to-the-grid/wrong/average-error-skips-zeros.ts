import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'values near zero do not blow it up'};

/** A percentage for each value that is not zero: those near zero still decide. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => 100 * restored.sub(original).abs().divNoNan(original.abs()).mean().dataSync()[0]!);
}
