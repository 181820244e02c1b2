import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'it says how inputs move together'};

/** A covariance: takes the mean of each input away first, as statistics does. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const c = x.sub(x.mean(0, true)) as tf.Tensor2D;
    const h = tf.matMul(c, c, true, false);
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}
