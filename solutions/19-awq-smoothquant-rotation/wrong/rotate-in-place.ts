import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'the product is unchanged'};

/** Writes the sum over the first half before the difference is taken. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [rows, n] = x.shape;
    let rotated: tf.Tensor = x;
    for (let half = 1; half < n; half *= 2) {
      const [a, b] = rotated.reshape([rows, n / (2 * half), 2, half]).unstack(2); // neighbouring runs of `half`
      const sum = a!.add(b!);
      rotated = tf.stack([sum, sum.sub(b!)], 2);
    }
    return rotated.reshape([rows, n]).div(Math.sqrt(n)) as tf.Tensor2D;
  });
}
