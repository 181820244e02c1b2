import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, roundModel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'the file keeps to its budget, whatever that is'};

/** Four bits, whatever the budget is. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  return correctBiases(model, roundModel(model, [4, 4], Math.max(budgetBytes, 20_000))!, images);
}
