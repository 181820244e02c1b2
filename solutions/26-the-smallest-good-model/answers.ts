import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer, Ternary} from '../../exercises/26-the-smallest-good-model/interface.ts';

/** Bit k of code i is bit i × bits + k of the whole stream, and bit n of the stream is bit n mod 8 of byte ⌊n / 8⌋. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let k = 0; k < bits; k++) {
      const at = i * bits + k;
      packed[at >> 3]! |= ((code >> k) & 1) << (at & 7);
    }
  });
  return packed;
}

/**
 * If the k largest magnitudes are kept, their best common value is their mean, and the squared error becomes Σ w² − (their sum)² / k.
 * Σ w² is the same for every k: the best k has the largest (sum)² / k. One walk down the sorted magnitudes finds it.
 */
export function ternarize(weights: Float32Array): Ternary {
  const order = [...weights.keys()].sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
  let sum = 0;
  let best = {gain: 0, kept: 0, scale: 0};
  order.forEach((at, rank) => {
    sum += Math.abs(weights[at]!);
    const kept = rank + 1;
    const gain = sum ** 2 / kept;
    if (gain > best.gain) best = {gain, kept, scale: sum / kept};
  });
  const codes = new Int8Array(weights.length);
  for (const at of order.slice(0, best.kept)) codes[at] = Math.sign(weights[at]!);
  return {codes, scale: best.scale};
}

export type Width = number | 'ternary';

/** Bits of the first layer, which has seven of eight weights, and of the two others: from large files to small ones. */
const recipes: readonly (readonly [first: Width, others: Width])[] = [
  [8, 8],
  [4, 6],
  [3, 6],
  [2, 6],
  [2, 5],
  [2, 4],
  ['ternary', 4],
  ['ternary', 3],
];

/**
 * The first recipe that fits. Weights are rounded column by column, with the scale of the least squared error;
 * then each bias takes up the difference that the rounding makes to the mean of its output (bias correction, lesson 10).
 */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  for (const recipe of recipes) {
    const rounded = roundModel(model, recipe, budgetBytes);
    if (rounded !== null && sizeOf(rounded.map(({small}) => small)) <= budgetBytes) return correctBiases(model, rounded, images);
  }
  throw new Error(`No recipe fits ${budgetBytes} bytes`);
}

/** Null where it is known without rounding that the file would be too large. */
export function roundModel(model: readonly FloatLayer[], [first, others]: readonly [Width, Width], budgetBytes: number): Rounded[] | null {
  const widthOf = (i: number): Width => (i === 0 ? first : others);
  const bitsOf = (width: Width): number => (width === 'ternary' ? 1 : width);
  const least = model.reduce((sum, {kernel}, i) => sum + (kernel.size * bitsOf(widthOf(i))) / 8, 0);
  return least > budgetBytes ? null : model.map((layer, i) => roundLayer(layer, widthOf(i)));
}

export interface Rounded {
  readonly small: SmallLayer;
  /** The weights that the file gives back, [inputs, outputs]. */
  readonly kernel: Float32Array;
}

export function roundLayer({kernel, bias}: FloatLayer, bits: Width): Rounded {
  const weights = kernel.dataSync() as Float32Array;
  const [inputs, outputs] = kernel.shape;
  const [codes, kept] = [new Uint8Array(weights.length), new Uint8Array(weights.length).fill(1)];
  const scales = new Float32Array(outputs);
  const count = bits === 'ternary' ? 2 : 2 ** bits;
  // Levels without a zero, … −1.5, −0.5, 0.5, 1.5 …: with so few of them, none is wasted on one side.
  const levels = Float32Array.from({length: count}, (_, code) => (bits === 'ternary' ? 2 * code - 1 : code - (count - 1) / 2));
  for (let j = 0; j < outputs; j++) {
    const column = Float32Array.from({length: inputs}, (_, i) => weights[i * outputs + j]!);
    if (bits === 'ternary') {
      const ternary = ternarize(column);
      scales[j] = ternary.scale;
      ternary.codes.forEach((code, i) => {
        kept[i * outputs + j] = Math.abs(code);
        codes[i * outputs + j] = code > 0 ? 1 : 0;
      });
    } else {
      const scale = leastSquaresScale(column, count);
      scales[j] = scale;
      column.forEach((w, i) => (codes[i * outputs + j] = nearest(w, scale, count)));
    }
  }
  const keptCodes = codes.filter((_, i) => kept[i] === 1);
  const small: SmallLayer = {
    bits: bits === 'ternary' ? 1 : bits,
    levels,
    codes: packBits(keptCodes, bits === 'ternary' ? 1 : bits),
    mask: bits === 'ternary' ? packBits(kept, 1) : null,
    scales,
    bias: Float32Array.from(bias.dataSync()),
  };
  return {small, kernel: weights.map((_, i) => kept[i]! * levels[codes[i]!]! * scales[i % outputs]!)};
}

const nearest = (w: number, scale: number, count: number): number =>
  Math.min(count - 1, Math.max(0, Math.round(w / scale + (count - 1) / 2)));

/** From the scale that clips nothing down to a tenth of it: fewer large weights are exact, all others are finer. */
function leastSquaresScale(column: Float32Array, count: number): number {
  const widest = (2 * column.reduce((max, w) => Math.max(max, Math.abs(w)), 1e-6)) / (count - 1);
  let best = {scale: widest, error: Infinity};
  for (let share = 0.1; share <= 1; share += 0.05) {
    const scale = share * widest;
    const error = column.reduce((sum, w) => sum + (w - scale * (nearest(w, scale, count) - (count - 1) / 2)) ** 2, 0);
    if (error < best.error) best = {scale, error};
  }
  return best.scale;
}

/** Two passes side by side, one in float and one rounded: where their means differ, the bias makes up for it. */
export function correctBiases(model: readonly FloatLayer[], rounded: readonly Rounded[], images: tf.Tensor2D): SmallLayer[] {
  const biases = tf.tidy(() => {
    let [exact, actual] = [images, images];
    return rounded.map(({kernel}, i) => {
      const wanted = exact.matMul(model[i]!.kernel).add(model[i]!.bias) as tf.Tensor2D;
      const product = actual.matMul(tf.tensor2d(kernel, model[i]!.kernel.shape)) as tf.Tensor2D;
      const bias = wanted.mean(0).sub(product.mean(0));
      exact = wanted.relu();
      actual = product.add(bias).relu() as tf.Tensor2D;
      return bias;
    });
  });
  const corrected = rounded.map(({small}, i) => ({...small, bias: biases[i]!.dataSync() as Float32Array}));
  tf.dispose(biases);
  return corrected;
}

export function sizeOf(layers: readonly SmallLayer[]): number {
  return layers.reduce(
    (sum, {codes, mask, levels, scales, bias}) =>
      sum + 1 + codes.length + (mask?.length ?? 0) + 2 * (levels.length + scales.length + bias.length),
    0,
  );
}
