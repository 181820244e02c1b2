import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'four bits for both lose less on loud inputs'};

/** Changes signs: lengths and products stay, and so do outliers. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.tensor1d(Array.from({length: x.shape[1]}, (_, i) => (-1) ** i)).mul(x));
}
