import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'it is relative to the original values'};

/** Relative to the restored values. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).abs().sum().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / restored.abs().sum().dataSync()[0]!;
  });
}
