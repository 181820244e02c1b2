import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'zeros that stay zeros have no error'};

/** Calls zeros that stayed zeros all wrong. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const size = original.abs().sum().dataSync()[0]!;
    return size === 0 ? 100 : (100 * restored.sub(original).abs().sum().dataSync()[0]!) / size;
  });
}
