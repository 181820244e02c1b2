import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it agrees on a 512×512 layer in int8'};

/** The norm of the error alone: absolute, not relative. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  return exact.sub(approximate).norm().dataSync()[0]!;
}
