import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'both tensors are left as they were'};

/** Disposes the restored tensor: it belongs to the caller. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  const error = tf.tidy(() => {
    const moved = restored.sub(original).abs().sum().dataSync()[0]!;
    return moved === 0 ? 0 : (100 * moved) / original.abs().sum().dataSync()[0]!;
  });
  restored.dispose();
  return error;
}
