import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'it says how inputs move together'};

/** Takes absolute values first: inputs that move against each other look as if they moved together. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x.abs(), x.abs(), true, false);
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}
