import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it adds squares over the whole output, then takes one root'};

/** A ratio per element, then the mean: outputs near zero decide. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  return exact.sub(approximate).abs().div(exact.abs()).mean().dataSync()[0]!;
}
