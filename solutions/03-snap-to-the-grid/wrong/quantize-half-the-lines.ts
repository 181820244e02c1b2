import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'there are as many lines as the bits can name'};

/** Keeps a bit for the sign. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** (bits - 1) - 1);
    return x.sub(min).div(step).round().mul(step).add(min);
  });
}
