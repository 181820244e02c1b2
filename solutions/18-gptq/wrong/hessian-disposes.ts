import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'the activations are left as they were'};

/** Disposes the activations: they belong to the caller. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  const result = tf.tidy(() => {
    const h = tf.matMul(x, x, true, false); // [samples, inputs] → [inputs, inputs]
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
  x.dispose();
  return result;
}
