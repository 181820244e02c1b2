import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'errors in both directions count'};

/** Errors of both signs cancel. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).sum().abs().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.abs().sum().dataSync()[0]!;
  });
}
