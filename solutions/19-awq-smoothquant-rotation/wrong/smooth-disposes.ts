import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'smoothingScales', check: 'activations and weights are left as they were'};

/** Disposes the activations. */
export function smoothingScales(x: tf.Tensor2D, w: tf.Tensor2D, alpha: number): tf.Tensor1D {
  const result = tf.tidy(() => {
    const xMax = x.abs().max(0); // over samples → [inputs]
    const wMax = w.abs().max(0); // over outputs → [inputs]
    const scales = xMax.pow(alpha).div(wMax.pow(1 - alpha));
    // Where one of them is always 0 there is nothing to move.
    return tf.where(tf.logicalAnd(xMax.greater(0), wMax.greater(0)), scales, tf.onesLike(scales)) as tf.Tensor1D;
  });
  x.dispose();
  return result;
}
