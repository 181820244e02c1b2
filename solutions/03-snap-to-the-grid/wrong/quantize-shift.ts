import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: '32 bits change next to nothing'};

/** Shifts a 32-bit integer, which overflows. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / ((1 << bits) - 1 || 1);
    return x.sub(min).div(step).round().mul(step).add(min);
  });
}
