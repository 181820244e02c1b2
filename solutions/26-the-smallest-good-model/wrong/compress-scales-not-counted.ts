import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, roundModel} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at a sixteenth of the bytes it still reads'};

/** Counts the codes and the mask, and nothing else. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  for (const recipe of [
    [8, 8],
    [4, 6],
    [3, 6],
    [2, 6],
    [2, 5],
    [2, 4],
    ['ternary', 4],
    ['ternary', 3],
  ] as const) {
    const rounded = roundModel(model, recipe, budgetBytes);
    if (rounded === null) continue;
    const bytes = rounded.reduce((sum, {small}) => sum + small.codes.length + (small.mask?.length ?? 0), 0);
    if (bytes <= budgetBytes) return correctBiases(model, rounded, images);
  }
  throw new Error('No recipe fits');
}
