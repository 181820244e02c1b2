import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'errors', check: 'max is the largest distance'};

/** The largest signed difference: a value that came back too large is not seen. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  const difference = original.sub(restored);
  return {max: difference.max().dataSync()[0]!, mean: difference.abs().mean().dataSync()[0]!};
}
