import * as tf from '@tensorflow/tfjs-core';

/** So many products of a code of at most ±255 and one of at most ±128 stay below 2^24, up to which float32 holds every whole number. */
const exactTerms = 512;

/**
 * a [rows, inputs] · b [inputs, columns] → int32 [rows, columns], of whole numbers in float32, |a| ≤ 255 and |b| ≤ 128, without any rounding, as an
 * int32 accumulator sums them. Blocks of 512 inputs are multiplied in float32, which is exact there on every backend, and added as int32.
 */
export function integerMatMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [rows, inputs] = a.shape;
    let sum: tf.Tensor2D | undefined;
    for (let from = 0; from < inputs; from += exactTerms) {
      const terms = Math.min(exactTerms, inputs - from);
      const product: tf.Tensor2D = tf.matMul(tf.slice(a, [0, from], [rows, terms]), tf.slice(b, [from, 0], [terms, b.shape[1]]));
      const part = tf.cast(product, 'int32');
      sum = sum ? (tf.add(sum, part) as tf.Tensor2D) : part;
    }
    return sum ?? tf.zeros([rows, b.shape[1]], 'int32');
  });
}
