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

/** What post-training quantization makes of the same float weights and ranges, in percent: the better of two ways to choose a column's scale. */
export function ptqAccuracy(model: readonly DenseWeights[], ranges: readonly number[], bits: number, digits: Digits): number {
  const qmax = 2 ** bits - 1;
  return Math.max(
    ...[largestWeight, leastSquares].map(chooseScale =>
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
  forward(
    model.map(({kernel, bias}) => ({kernel: kernel.data as Float32Array, bias: bias.data as Float32Array, input: null})),
    digits,
    hidden => {
      const sorted = Float32Array.from(hidden).sort();
      ranges.push(sorted[Math.floor(0.999 * (sorted.length - 1))]!);
    },
  );
  return ranges;
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

function snapColumns(
  kernel: Float32Array,
  outputs: number,
  bits: number,
  chooseScale: (column: Float32Array, bits: number) => number,
): Float32Array {
  const snapped = new Float32Array(kernel.length);
  for (let j = 0; j < outputs; j++) {
    const column = kernel.filter((_, i) => i % outputs === j);
    const scale = chooseScale(column, bits);
    column.forEach((value, i) => (snapped[i * outputs + j] = snapSigned(value, scale, bits)));
  }
  return snapped;
}

function largestWeight(column: Float32Array, bits: number): number {
  return Math.max(1e-12, column.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / (2 ** (bits - 1) - 1));
}

function leastSquares(column: Float32Array, bits: number): number {
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
