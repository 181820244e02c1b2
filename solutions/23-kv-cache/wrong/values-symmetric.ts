import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'each group has the scale of its own range'};

/** Symmetric: the largest magnitude decides, and the minimum is its mirror image. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const groupOf = (i: number): number => Math.floor(i / groupSize);
  const right = quantizeGroups(x, {bits, groupSize}, groupOf);
  const most = right.minima.map((min, group) => Math.max(Math.abs(min), Math.abs(min + right.scales[group]! * (2 ** bits - 1))));
  const scales = most.map(value => (2 * value) / (2 ** bits - 1));
  const codes = Uint8Array.from(x, (value, i) => Math.round((value + most[groupOf(i)]!) / (scales[groupOf(i)]! || 1)));
  return {codes, scales, minima: most.map(value => -value)};
}
