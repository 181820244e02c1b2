import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'errors in both directions count'};

/** Compares the average sizes before and after, which may agree although every value moved. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.abs().sum().sub(original.abs().sum()).abs().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.abs().sum().dataSync()[0]!;
  });
}
