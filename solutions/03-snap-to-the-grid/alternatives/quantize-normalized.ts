import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** First to the range from 0 to 1, then to the lines, then back. */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const min = x.min();
    const range = x.max().sub(min);
    if (range.dataSync()[0] === 0) return x.clone();
    const steps = 2 ** bits - 1;
    return x.sub(min).div(range).mul(steps).round().div(steps).mul(range).add(min);
  });
}
