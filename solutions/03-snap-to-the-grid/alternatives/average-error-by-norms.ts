import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** A sum of absolute values is the norm of order 1. */
export function averageError(original: tf.Tensor, restored: tf.Tensor): number {
  return tf.tidy(() => {
    const moved = original.sub(restored).flatten().norm(1).dataSync()[0]!;
    const size = original.flatten().norm(1).dataSync()[0]!;
    return size === 0 ? 0 : (moved / size) * 100;
  });
}
