import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {observe, withZero} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'chooseRange', check: 'minMax covers every batch'};

/** The largest magnitude on both sides, as for weights: half of the grid may be wasted. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  const {min, max} = right(batches, method, bits);
  const end = Math.max(-min, max);
  return {min: -end, max: end};
}

function right(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}
