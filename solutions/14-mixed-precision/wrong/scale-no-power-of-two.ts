import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'it is the largest power of two that leaves headroom'};

/** Fills the range exactly: no power of two, so every gradient is rounded twice. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = Math.max(...gradients.map(gradient => gradient.abs().max().dataSync()[0]!));
  return absMax === 0 ? 1 : 32768 / absMax;
}
