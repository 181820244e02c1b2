import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** As many decimals as bits: a grid that knows nothing of the range. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() =>
    x
      .mul(10 ** bits)
      .round()
      .div(10 ** bits),
  );
}
