import type {DenseWeights} from '../../data/digits-mlp.ts';
import type {Digits} from '../../data/digits.ts';
import type {ShippedLayer} from './quantized-model.ts';

/** The judge's own arithmetic: plain arrays, no tensors, so that it runs wherever checks run. */

interface Layer {
  /** [inputs, outputs] */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** What flows in is snapped to this grid, codes 0 … qmax. */
  readonly input: {readonly scale: number; readonly zeroPoint: number; readonly qmax: number} | null;
}

/** The share of `digits` that the shipped layers get right, in percent. */
export function shippedAccuracy(layers: readonly ShippedLayer[], bits: number, digits: Digits): number {
  return accuracyOf(
    layers.map(layer => ({kernel: dequantized(layer), bias: layer.bias, input: layer.input && {...layer.input, qmax: 2 ** bits - 1}})),
    digits,
  );
}

/** What the float network itself reads right, in percent. */
export function floatAccuracy(model: readonly DenseWeights[], digits: Digits): number {
  return accuracyOf(floatLayers(model), digits);
}

/** How a column's scale can be chosen after training. */
export type ScaleChoice = (column: Float32Array, bits: number) => number;

/** What post-training quantization makes of the same float weights and ranges, in percent: the best of some ways to choose a column's scale. */
export function ptqAccuracy(
  model: readonly DenseWeights[],
  ranges: readonly number[],
  bits: number,
  digits: Digits,
  choices: readonly ScaleChoice[],
): number {
  const qmax = 2 ** bits - 1;
  return Math.max(
    ...choices.map(chooseScale =>
      accuracyOf(
        model.map(({kernel, bias}, i) => ({
          kernel: snapColumns(kernel.data as Float32Array, bias.data.length, bits, chooseScale),
          bias: bias.data as Float32Array,
          input: i === 0 ? null : {scale: ranges[i - 1]! / qmax, zeroPoint: 0, qmax},
        })),
        digits,
      ),
    ),
  );
}

/** Calibration: the value that all but 0.1% of what leaves each hidden layer stays below. */
export function calibrate(model: readonly DenseWeights[], digits: Digits): number[] {
  const ranges: number[] = [];
  forward(floatLayers(model), digits, hidden => {
    const sorted = Float32Array.from(hidden).sort();
    ranges.push(sorted[Math.floor(0.999 * (sorted.length - 1))]!);
  });
  return ranges;
}

function floatLayers(model: readonly DenseWeights[]): Layer[] {
  return model.map(({kernel, bias}) => ({kernel: kernel.data as Float32Array, bias: bias.data as Float32Array, input: null}));
}

function accuracyOf(layers: readonly Layer[], digits: Digits): number {
  const scores = forward(layers, digits);
  const classes = layers.at(-1)!.bias.length;
  let right = 0;
  digits.labels.forEach((label, row) => {
    let best = 0;
    for (let j = 1; j < classes; j++) if (scores[row * classes + j]! > scores[row * classes + best]!) best = j;
    if (best === label) right++;
  });
  return (100 * right) / digits.labels.length;
}

function forward(layers: readonly Layer[], {images, labels}: Digits, observe?: (hidden: Float32Array) => void): Float32Array {
  return layers.reduce((h, layer, i) => {
    const output = dense(layer.input ? snap(h, layer.input) : h, layer, labels.length);
    if (i === layers.length - 1) return output;
    for (let k = 0; k < output.length; k++) if (output[k]! < 0) output[k] = 0;
    observe?.(output);
    return output;
  }, images.data as Float32Array);
}

function dense(h: Float32Array, {kernel, bias}: Layer, rows: number): Float32Array {
  const outputs = bias.length;
  const inputs = kernel.length / outputs;
  const output = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const to = row * outputs;
    for (let j = 0; j < outputs; j++) output[to + j] = bias[j]!;
    for (let i = 0; i < inputs; i++) {
      const value = h[row * inputs + i]!;
      if (value === 0) continue;
      for (let j = 0; j < outputs; j++) output[to + j]! += value * kernel[i * outputs + j]!;
    }
  }
  return output;
}

function snap(h: Float32Array, {scale, zeroPoint, qmax}: NonNullable<Layer['input']>): Float32Array {
  return h.map(value => scale * (clamp(roundHalfToEven(value / scale) + zeroPoint, 0, qmax) - zeroPoint));
}

function dequantized({codes, scale, zeroPoint, outputs}: ShippedLayer): Float32Array {
  return Float32Array.from(codes, (code, i) => scale[i % outputs]! * (code - zeroPoint[i % outputs]!));
}

function snapColumns(kernel: Float32Array, outputs: number, bits: number, chooseScale: ScaleChoice): Float32Array {
  const snapped = new Float32Array(kernel.length);
  for (let j = 0; j < outputs; j++) {
    const column = kernel.filter((_, i) => i % outputs === j);
    const scale = chooseScale(column, bits);
    column.forEach((value, i) => (snapped[i * outputs + j] = snapSigned(value, scale, bits)));
  }
  return snapped;
}

/** The largest weight on the outermost positive code. */
export function largestWeight(column: Float32Array, bits: number): number {
  return Math.max(1e-12, column.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / (2 ** (bits - 1) - 1));
}

/** The largest weight at the end of the outermost code's half step, so that no level is left unused; the positive end is clipped by half a step. */
export function wholeRange(column: Float32Array, bits: number): number {
  const half = 2 ** (bits - 1);
  return (largestWeight(column, bits) * (half - 1)) / (half - 0.5);
}

/** The least squared error, out of forty-one scales. */
export function leastSquares(column: Float32Array, bits: number): number {
  const widest = largestWeight(column, bits);
  let best = {scale: widest, error: Infinity};
  for (let share = 0.2; share <= 1.001; share += 0.02) {
    const scale = share * widest;
    const error = column.reduce((sum, value) => sum + (value - snapSigned(value, scale, bits)) ** 2, 0);
    if (error < best.error) best = {scale, error};
  }
  return best.scale;
}

function snapSigned(value: number, scale: number, bits: number): number {
  const half = 2 ** (bits - 1);
  return scale * clamp(roundHalfToEven(value / scale), -half, half - 1);
}

/** As tf.round does, so that the judge and the learner agree on every tie. */
export function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value - Math.trunc(value)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
