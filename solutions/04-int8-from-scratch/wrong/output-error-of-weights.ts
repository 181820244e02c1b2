import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it compares outputs, not weights'};

/** Compares the weights: the inputs never come in. */
export function relativeOutputError(_x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  return weights.sub(restored).norm().div(weights.norm()).dataSync()[0]!;
}
