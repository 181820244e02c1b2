import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** Rounds up or down by chance: right on the average of many runs, not in one. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** bits - 1);
    const chance = tf.randomUniform(x.shape, 0, 1, 'float32', 11);
    return x
      .sub(min)
      .div(step)
      .add(chance)
      .floor()
      .clipByValue(0, 2 ** bits - 1)
      .mul(step)
      .add(min);
  });
}
