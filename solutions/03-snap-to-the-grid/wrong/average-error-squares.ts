import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'it is the average distance in percent of the average size'};

/** Roots of squares: large errors count more than they should. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).square().mean().sqrt().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.square().mean().sqrt().dataSync()[0]!;
  });
}
