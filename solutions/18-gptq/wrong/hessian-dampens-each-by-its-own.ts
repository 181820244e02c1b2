import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'an input that is always 0 can be divided by'};

/** Multiplies each element of the diagonal by 1 + dampening: what is 0 stays 0. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];

    return h.add(h.mul(tf.eye(inputs)).mul(dampening)) as tf.Tensor2D;
  });
}
