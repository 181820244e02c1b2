import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'it is the largest power of two that leaves headroom'};

/** Lifts the smallest gradient to the smallest normal number, and does not ask what happens to the largest. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const smallest = Math.min(...gradients.flatMap(gradient => Array.from(gradient.abs().dataSync()).filter(value => value > 0)), 1);
  return 2 ** Math.ceil(Math.log2(2 ** -14 / smallest));
}
