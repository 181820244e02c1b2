import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'no gradient overflows, in no tensor'};

/** The number that a dynamic scaler begins with, whatever the gradients are. */
export function chooseScale(_gradients: readonly tf.Tensor[]): number {
  return 65536;
}
