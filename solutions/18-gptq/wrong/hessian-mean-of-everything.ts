import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'dampening is a share of the mean of the diagonal'};

/** The mean over all elements in place of that over the diagonal. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];
    const mean = h.mean();
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}
