import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'the first line is at the smallest value, the last at the largest'};

/** Cells in place of lines: each value goes to the middle of its cell. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / 2 ** bits;
    return x
      .sub(min)
      .div(step)
      .floor()
      .clipByValue(0, 2 ** bits - 1)
      .add(0.5)
      .mul(step)
      .add(min);
  });
}
