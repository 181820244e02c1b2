import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'dampening is a share of the mean of the diagonal'};

/** Leaves the dampening out. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];
    return h.mul(1 + 0 * dampening * inputs) as tf.Tensor2D;
  });
}
