import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'the first line is at the smallest value, the last at the largest'};

/** Stretches the range so that zero is in it: a grid for another purpose, with lines where no value is. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = Math.min(0, x.min().dataSync()[0]!);
    const max = Math.max(0, x.max().dataSync()[0]!);
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** bits - 1);
    return x.sub(min).div(step).round().mul(step).add(min);
  });
}
