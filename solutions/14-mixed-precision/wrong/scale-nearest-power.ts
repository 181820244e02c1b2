import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'it is the largest power of two that leaves headroom'};

/** The nearest power of two: half of the time it is the one above. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = Math.max(...gradients.map(gradient => gradient.abs().max().dataSync()[0]!));
  return absMax === 0 ? 1 : 2 ** Math.round(Math.log2(32768 / absMax));
}
