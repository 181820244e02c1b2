import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, roundModel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at a sixteenth of the bytes it still reads'};

/** Four-bit codes, said to be two-bit codes. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  const rounded = roundModel(model, [4, 4], Math.max(budgetBytes, 20_000))!;
  return correctBiases(model, rounded, images).map(layer => ({...layer, bits: 2, levels: layer.levels.slice(0, 4)}));
}
