import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'hadamardRotate', check: 'rows do not mix, and any power of two works'};

/** Works along the wrong axis: neighbouring samples are added, and rows mix. */
export function hadamardRotate(x: tf.Tensor2D): tf.Tensor2D {
  const [rows, n] = x.shape;
  return tf.tidy(
    () =>
      tf
        .concat([x.slice([0, 0], [1, n]), x.slice([1, 0], [rows - 1, n]).add(x.slice([0, 0], [rows - 1, n]))], 0)
        .div(Math.SQRT2) as tf.Tensor2D,
  );
}
