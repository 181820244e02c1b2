import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'averageError', check: 'values near zero do not blow it up'};

/** Each distance over the size of both: near zero this is 100% of itself. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const sizes = original.abs().add(restored.abs()).add(1e-12).div(2);
    return 100 * restored.sub(original).abs().div(sizes).mean().dataSync()[0]!;
  });
}
