import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {packBits, roundModel, sizeOf, correctBiases} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'compress', check: 'at an eighth of the bytes it reads nearly all that it read'};

/** Codes column by column, which the file reads row by row. */
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
        const [inputs, outputs] = model[i]!.kernel.shape;
        const codes = Uint8Array.from(rounded[i]!.kernel, (w, at) => {
          const level = w / layer.scales[at % outputs]!;
          return layer.levels.reduce(
            (best, other, code) => (Math.abs(other - level) < Math.abs(layer.levels[best]! - level) ? code : best),
            0,
          );
        });
        const turned = codes.map((_, at) => codes[(at % inputs) * outputs + Math.floor(at / inputs)]!);
        return {...layer, codes: packBits(turned, layer.bits), mask: null};
      });
    }
  }
  throw new Error('No recipe fits');
}
