import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'relativeOutputError', check: 'it adds squares over the whole output, then takes one root'};

/** The difference of the norms instead of the norm of the difference: a turned sign is not seen. */
export function relativeOutputError(x: tf.Tensor2D, weights: tf.Tensor2D, restored: tf.Tensor2D): number {
  const exact = x.matMul(weights);
  const approximate = x.matMul(restored);
  return Math.abs(exact.norm().dataSync()[0]! - approximate.norm().dataSync()[0]!) / exact.norm().dataSync()[0]!;
}
