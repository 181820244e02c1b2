import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'no gradient overflows, in no tensor'};

/** Looks at the first tensor only. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = gradients[0]!.abs().max().dataSync()[0]!;
  return absMax === 0 ? 1 : 2 ** Math.floor(Math.log2(32768 / absMax));
}
