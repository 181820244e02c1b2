import * as tf from '@tensorflow/tfjs-core';

/**
 * max(learned, least), for a scale or a clipping point that training must not carry to 0 or below: nothing would be left to divide by.
 * Below `least` the gradient that raises it still passes (that of the maximum alone would be 0, and the layer dead for ever);
 * what would lower it further does not.
 */
export function atLeast(learned: tf.Tensor, least: number): tf.Tensor {
  const bound = tf.customGrad((learned, save) => {
    (save as tf.GradSaveFunc)([learned as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, [learned]: tf.Tensor[]): tf.Tensor =>
      tf.where(tf.greaterEqual(learned!, least), dy, tf.minimum(dy, 0));
    return {value: tf.maximum(learned as tf.Tensor, least), gradFunc};
  });
  return tf.tidy(() => bound(learned));
}
