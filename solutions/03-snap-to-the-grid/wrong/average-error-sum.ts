import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'it is the average distance in percent of the average size'};

/** The sum of the distances over the average size: it grows with the number of values. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).abs().sum().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.abs().mean().dataSync()[0]!;
  });
}
