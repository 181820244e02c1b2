import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {packBits, roundModel, sizeOf, correctBiases} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at a sixteenth of the bytes it still reads'};

/** A mask, and a code for every weight all the same. */
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
    if (rounded !== null && sizeOf(rounded.map(({small}) => small)) <= budgetBytes) {
      return correctBiases(model, rounded, images).map((layer, i) => {
        const codes = Uint8Array.from(rounded[i]!.kernel, w => (w > 0 ? 1 : 0));
        return layer.mask === null ? layer : {...layer, codes: packBits(codes, layer.bits)};
      });
    }
  }
  throw new Error('No recipe fits');
}
