import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, packBits, roundLayer, type Rounded, sizeOf} from '../answers.ts';

export * from '../answers.ts';

/** Codebooks: the levels of each layer are the means of its scaled weights (lesson 08); bits by what fits. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  for (const [first, others] of [
    [4, 5],
    [3, 6],
    [2, 6],
    [2, 5],
    [2, 4],
  ] as const) {
    const small = model.map((layer, i) => cluster(layer, i === 0 ? first : others));
    if (sizeOf(small.map(layer => layer.small)) <= budgetBytes) return correctBiases(model, small, images);
  }
  return correctBiases(
    model,
    model.map((layer, i) => (i === 0 ? roundLayer(layer, 'ternary') : cluster(layer, 3))),
    images,
  );
}

function cluster({kernel, bias}: FloatLayer, bits: number): Rounded {
  const [inputs, outputs] = kernel.shape;
  const weights = kernel.dataSync() as Float32Array;
  // A column over its root mean square: all columns can share one codebook.
  const scales = Float32Array.from({length: outputs}, (_, j) => {
    let squares = 0;
    for (let i = 0; i < inputs; i++) squares += weights[i * outputs + j]! ** 2;
    return Math.sqrt(squares / inputs) || 1;
  });
  const values = weights.map((w, at) => w / scales[at % outputs]!);
  const count = 2 ** bits;
  const sorted = values.slice().sort();
  let levels = Float32Array.from({length: count}, (_, k) => sorted[Math.floor(((k + 0.5) / count) * sorted.length)]!);
  let codes = new Uint8Array(values.length);
  for (let round = 0; round < 12; round++) {
    const borders = levels.slice(1).map((level, k) => (level + levels[k]!) / 2);
    const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
    codes = Uint8Array.from(values, value => {
      let [low, high] = [0, count - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value > borders[middle]!) low = middle + 1;
        else high = middle;
      }
      sums[low]! += value;
      counts[low]!++;
      return low;
    });
    levels = levels.map((level, k) => (counts[k]! > 0 ? sums[k]! / counts[k]! : level));
  }
  const small = {bits, levels, codes: packBits(codes, bits), mask: null, scales, bias: bias.dataSync() as Float32Array};
  return {small, kernel: weights.map((_, at) => levels[codes[at]!]! * scales[at % outputs]!)};
}
