import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'it is relative to the original values'};

/** Relative to the range, which the two extreme values decide. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = restored.sub(original).abs().mean().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.max().sub(original.min()).add(1e-30).dataSync()[0]!;
  });
}
