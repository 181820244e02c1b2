import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Errors} from '../../../exercises/04-int8-from-scratch/interface.ts';

export * from '../answers.ts';

/** One pass over plain arrays. */
export function errors(original: tf.Tensor, restored: tf.Tensor): Errors {
  const a = original.dataSync();
  const b = restored.dataSync();
  let max = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!);
    if (distance > max) max = distance;
    sum += distance;
  }
  return {max, mean: sum / a.length};
}
