import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'dampedHessian', check: 'it says how inputs move together'};

/** Correlations: every input divided by its own size, so that large inputs count no more than small ones. */
export function dampedHessian(x: tf.Tensor2D, dampening: number): tf.Tensor2D {
  return tf.tidy(() => {
    const unit = x.div(x.square().mean(0, true).sqrt().add(1e-12));
    const h = tf.matMul(unit as tf.Tensor2D, unit as tf.Tensor2D, true, false);
    const inputs = x.shape[1];
    const mean = h.mul(tf.eye(inputs)).sum().div(inputs);
    return h.add(tf.eye(inputs).mul(mean).mul(dampening)) as tf.Tensor2D;
  });
}
