import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeKeys', check: 'each group has the scale of its own range'};

/** Groups of channels of one token, as for values: an outlier channel spoils its neighbours. */
export function quantizeKeys(keys: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  return quantizeGroups(keys.dataSync(), {bits, groupSize}, i => Math.floor(i / groupSize));
}
