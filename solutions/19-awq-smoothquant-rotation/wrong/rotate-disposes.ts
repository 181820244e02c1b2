import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'the values are left as they were'};

/** Disposes its input. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  const result = tf.tidy(() => {
    const [rows, n] = x.shape;
    let rotated: tf.Tensor = x;
    for (let half = 1; half < n; half *= 2) {
      const [a, b] = rotated.reshape([rows, n / (2 * half), 2, half]).unstack(2); // neighbouring runs of `half`
      rotated = tf.stack([a!.add(b!), a!.sub(b!)], 2);
    }
    return rotated.reshape([rows, n]).div(Math.sqrt(n)) as tf.Tensor2D;
  });
  x.dispose();
  return result;
}
