import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {observe, withZero} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'chooseRange', check: 'minMax covers every batch'};

/** Only the last batch is looked at: an observer that forgets. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return right(method === 'minMax' ? batches.slice(-1) : batches, method, bits);
}

function right(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}
