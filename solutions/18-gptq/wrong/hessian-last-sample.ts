import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'it says how inputs move together'};

/** Overwrites in place of adding up: only the last sample counts. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const last = x.slice([x.shape[0] - 1, 0], [1, -1]);
    const h = tf.matMul(last, last, true, false);
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}
