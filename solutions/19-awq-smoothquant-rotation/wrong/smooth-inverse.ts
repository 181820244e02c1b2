import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'smoothingScales', check: 'eight bits for both lose less'};

/** The inverse: quiet inputs are made quieter, loud ones louder. */
export function smoothingScales(x: tf.Tensor2D, w: tf.Tensor2D, alpha: number): tf.Tensor1D {
  return tf.tidy(() => {
    const xMax = x.abs().max(0); // over samples → [inputs]
    const wMax = w.abs().max(0); // over outputs → [inputs]
    const scales = wMax.pow(1 - alpha).div(xMax.pow(alpha));
    // Where one of them is always 0 there is nothing to move.
    return tf.where(tf.logicalAnd(xMax.greater(0), wMax.greater(0)), scales, tf.onesLike(scales)) as tf.Tensor1D;
  });
}
