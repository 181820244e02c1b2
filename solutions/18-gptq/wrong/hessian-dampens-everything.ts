import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'dampening is a share of the mean of the diagonal'};

/** Adds to all elements, not to the diagonal. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(mean.mul(dampening)) as tf.Tensor2D;
  });
}
