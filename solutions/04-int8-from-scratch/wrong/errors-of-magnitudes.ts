import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'errors', check: 'max is the largest distance'};

/** The difference of the largest magnitudes, not the largest difference. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  const difference = original.sub(restored);
  return {
    max: Math.abs(original.abs().max().dataSync()[0]! - restored.abs().max().dataSync()[0]!),
    mean: difference.abs().mean().dataSync()[0]!,
  };
}
