import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'each group has its own minimum, as it is'};

/** A zero point in whole steps, as int8 has it: the minimum is moved by up to half a step. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const groupOf = (i: number): number => Math.floor(i / groupSize);
  const {codes, scales, minima} = quantizeGroups(x, {bits, groupSize}, groupOf);
  return {
    codes,
    scales,
    minima: minima.map((min, group) => (scales[group] === 0 ? min : Math.round(min / scales[group]!) * scales[group]!)),
  };
}
