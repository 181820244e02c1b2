import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'groups without a range come back as they are'};

/** A guard for groups of zeros that takes all constants for 0. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const groupOf = (i: number): number => Math.floor(i / groupSize);
  const {codes, scales, minima} = quantizeGroups(x, {bits, groupSize}, groupOf);
  return {codes, scales, minima: minima.map((min, group) => (scales[group] === 0 ? 0 : min))};
}
