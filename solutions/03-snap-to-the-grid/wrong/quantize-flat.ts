import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'every value goes to its nearest line'};

/** The right values in a flat tensor: the shape is lost. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** bits - 1);
    return x.flatten().sub(min).div(step).round().mul(step).add(min);
  });
}
