import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseScale', check: 'gradients that float16 would lose are recovered'};

/** No scaling at all. */
export function chooseScale(_gradients: readonly tf.Tensor[]): number {
  return 1;
}
