import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: 'the first line is at the smallest value, the last at the largest'};

/** A grid around zero, whatever the range: half of it may be empty. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const absMax = x.abs().max().dataSync()[0]!;
    if (absMax === 0) return x.clone();
    const step = (2 * absMax) / (2 ** bits - 1);
    return x.add(absMax).div(step).round().mul(step).sub(absMax);
  });
}
