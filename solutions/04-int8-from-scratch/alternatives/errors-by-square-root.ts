import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

/** The root of the square is the absolute value; the largest distance is found from both ends. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  return tf.tidy(() => {
    const difference = restored.sub(original);
    const max = Math.max(difference.max().dataSync()[0]!, -difference.min().dataSync()[0]!);
    return {max, mean: difference.square().sqrt().mean().dataSync()[0]!};
  });
}
