import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'the first line is at the smallest value, the last at the largest'};

/** Divides the range by the number of lines and cuts the last one off: the largest value moves down. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / 2 ** bits;
    return x
      .sub(min)
      .div(step)
      .round()
      .clipByValue(0, 2 ** bits - 1)
      .mul(step)
      .add(min);
  });
}
