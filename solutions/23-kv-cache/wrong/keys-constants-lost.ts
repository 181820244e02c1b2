import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeKeys', check: 'groups without a range come back as they are'};

/** A guard for groups of zeros that takes all constants for 0. */
export function quantizeKeys(keys: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = keys.dataSync();
  const channels = keys.shape[1];
  const groupOf = (i: number): number => Math.floor(i / (channels * groupSize)) * channels + (i % channels);
  const {codes, scales, minima} = quantizeGroups(x, {bits, groupSize}, groupOf);
  return {codes, scales, minima: minima.map((min, group) => (scales[group] === 0 ? 0 : min))};
}
