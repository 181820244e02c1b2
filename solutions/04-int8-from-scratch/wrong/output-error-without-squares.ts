import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it adds squares over the whole output, then takes one root'};

/** Absolute values without squares: another norm. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  return exact.sub(approximate).abs().sum().div(exact.abs().sum()).dataSync()[0]!;
}
