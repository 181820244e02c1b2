import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeToBits', check: '32 bits change next to nothing'};

/** Keeps the counts in int32 tensors, which hold 31 bits and a sign. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min().dataSync()[0]!;
    const max = x.max().dataSync()[0]!;
    if (max === min) return x.clone();
    const step = (max - min) / (2 ** bits - 1);
    return x.sub(min).div(step).round().toInt().toFloat().mul(step).add(min);
  });
}
