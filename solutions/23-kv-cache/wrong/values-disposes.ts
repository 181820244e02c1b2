import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';
import {quantizeGroups} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeValues', check: 'the values are left as they were'};

/** Disposes the values, which attention still needs. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const groupOf = (i: number): number => Math.floor(i / groupSize);
  const quantized = quantizeGroups(x, {bits, groupSize}, groupOf);
  values.dispose();
  return quantized;
}
