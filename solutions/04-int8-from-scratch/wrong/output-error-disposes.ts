import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'its inputs are left as they were'};

/** Disposes the weights, which belong to the caller. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  const error = exact.sub(approximate).norm().div(exact.norm()).dataSync()[0]!;
  weights.dispose();
  return error;
}
