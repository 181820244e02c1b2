import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'the gradients are left as they were'};

/** Disposes the gradients, which the caller still needs. */
export function chooseScale(gradients: readonly tf.Tensor[]): number {
  const absMax = Math.max(...gradients.map(gradient => gradient.abs().max().dataSync()[0]!));
  tf.dispose([...gradients]);
  return absMax === 0 ? 1 : 2 ** Math.floor(Math.log2(32768 / absMax));
}
