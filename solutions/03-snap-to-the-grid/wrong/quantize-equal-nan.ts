import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'equal values stay as they are'};

/** 0 / 0 where all values are equal. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    const step = (max - min) / (2 ** bits - 1);
    return x.sub(min).div(step).round().mul(step).add(min);
  });
}
