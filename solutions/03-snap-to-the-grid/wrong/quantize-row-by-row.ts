import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** A grid for each row: one for the whole tensor was asked for. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min(-1, true);
    const step = x
      .max(-1, true)
      .sub(min)
      .div(2 ** bits - 1);
    return x.sub(min).divNoNan(step).round().mul(step).add(min);
  });
}
