import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Makes the matrix: an element is −1 where the row's and the column's numbers share an odd count of ones. n² multiplications a row in place of n·log2(n) additions. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  const n = x.shape[1];
  const ones = (number: number): number => (number === 0 ? 0 : (number & 1) + ones(number >> 1));
  const matrix = Array.from({length: n}, (_, i) => Array.from({length: n}, (_, j) => (-1) ** ones(i & j) / Math.sqrt(n)));
  return tf.tidy(() => x.matMul(tf.tensor2d(matrix)) as tf.Tensor2D);
}
