import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Multiplying is linear, so the error of the output is x times the error of the weights: one subtraction before instead of after. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  return tf.tidy(() => {
    const noise = x.matMul(weights.sub(restored)).square().sum().dataSync()[0]!;
    const signal = x.matMul(weights).square().sum().dataSync()[0]!;
    return Math.sqrt(noise / signal);
  });
}
