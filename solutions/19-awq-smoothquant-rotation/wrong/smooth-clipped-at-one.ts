import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'smoothingScales', check: 'the scales follow the formula at every strength'};

/** Scales below 1 are held at 1: quiet inputs could not pass difficulty back to the activations. */
export function smoothingScales(x: tf.Tensor2D, w: tf.Tensor2D, alpha: number): tf.Tensor1D {
  return tf.tidy(() => {
    const xMax = x.abs().max(0);
    const wMax = w.abs().max(0); // over outputs → [inputs]
    const scales = xMax
      .pow(alpha)
      .div(wMax.pow(1 - alpha))
      .maximum(1);
    // Where one of them is always 0 there is nothing to move.
    return tf.where(tf.logicalAnd(xMax.greater(0), wMax.greater(0)), scales, tf.onesLike(scales)) as tf.Tensor1D;
  });
}
