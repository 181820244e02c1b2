import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {observe, withZero} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'chooseRange', check: 'movingAverage goes a tenth of the way to each next batch'};

/** Nine tenths of the way: the factors are swapped, and the last batch decides. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  if (method !== 'movingAverage') return right(batches, method, bits);
  const ranges = batches.map(batch => right([batch], 'minMax', bits));
  return ranges.reduce((old, next) => ({min: 0.1 * old.min + 0.9 * next.min, max: 0.1 * old.max + 0.9 * next.max}));
}

function right(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}
