import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'codes are the nearest'};

/** Cuts the fraction off in place of rounding. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const groupOf = (i: number): number => Math.floor(i / groupSize);
  const {scales, minima} = quantizeGroups(x, {bits, groupSize}, groupOf);
  const codes = Uint8Array.from(x, (value, i) => (value - minima[groupOf(i)]!) / (scales[groupOf(i)]! || 1));
  return {codes, scales, minima};
}
