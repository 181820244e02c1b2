import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {observe, withZero} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'chooseRange', check: 'minMax covers every batch'};

/** The mean of the batches’ ends, which leaves out what only one batch shows. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  if (method !== 'minMax') return right(batches, method, bits);
  const ranges = batches.map(batch => right([batch], 'minMax', bits));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {min: mean(ranges.map(({min}) => min)), max: mean(ranges.map(({max}) => max))};
}

function right(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}
