import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'zeros that stay zeros have no error'};

/** 0 / 0 for a tensor of zeros. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => (100 * restored.sub(original).abs().sum().dataSync()[0]!) / original.abs().sum().dataSync()[0]!);
}
