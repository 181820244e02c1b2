import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Counts from the largest value down, and rounds by floor(count + 1/2). */
export function quantizeToBits(x: tf.Tensor, bits: number): tf.Tensor {
  return tf.tidy(() => {
    const max = x.max().dataSync()[0]!;
    const step = (max - x.min().dataSync()[0]!) / (2 ** bits - 1);
    if (step === 0) return x.clone();
    const counts = tf.scalar(max).sub(x).div(step).add(0.5).floor();
    return tf.scalar(max).sub(counts.mul(step));
  });
}
