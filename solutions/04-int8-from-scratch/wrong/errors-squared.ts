import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'errors', check: 'the errors have the unit of the values'};

/** Mean squared error: the unit is squared, too. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  const difference = original.sub(restored);
  return {max: difference.square().max().dataSync()[0]!, mean: difference.square().mean().dataSync()[0]!};
}
