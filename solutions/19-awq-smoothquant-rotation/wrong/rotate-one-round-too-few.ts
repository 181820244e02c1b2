import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'one value is spread evenly over its whole row'};

/** Stops a round too early: each half is rotated for itself. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [rows, n] = x.shape;
    let rotated: tf.Tensor = x;
    for (let half = 1; 2 * half < n; half *= 2) {
      const [a, b] = rotated.reshape([rows, n / (2 * half), 2, half]).unstack(2); // neighbouring runs of `half`
      rotated = tf.stack([a!.add(b!), a!.sub(b!)], 2);
    }
    return rotated.reshape([rows, n]).div(Math.sqrt(Math.max(n / 2, 1))) as tf.Tensor2D;
  });
}
