import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it agrees on a 512×512 layer in int8'};

/** In percent instead of as a fraction. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  return 100 * exact.sub(approximate).norm().div(exact.norm()).dataSync()[0]!;
}
