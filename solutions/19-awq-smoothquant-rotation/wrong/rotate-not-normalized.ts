import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'the product is unchanged'};

/** Forgets to divide by √n: each side is √n times too large. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [rows, n] = x.shape;
    let rotated: tf.Tensor = x;
    for (let half = 1; half < n; half *= 2) {
      const [a, b] = rotated.reshape([rows, n / (2 * half), 2, half]).unstack(2); // neighbouring runs of `half`
      rotated = tf.stack([a!.add(b!), a!.sub(b!)], 2);
    }
    return rotated.reshape([rows, n]) as tf.Tensor2D;
  });
}
