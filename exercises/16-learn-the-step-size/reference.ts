import {type DenseWeights} from '../../data/digits-mlp.ts';
import type {Digits} from '../../data/digits.ts';
import {roundHalfToEven} from '../../quant/formats/round.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** The judge's own arithmetic: plain arrays, no tensors, so that it runs wherever checks run. */

export interface Levels {
  readonly qmin: number;
  readonly qmax: number;
}

export function signedLevels(bits: number): Levels {
  return {qmin: -(2 ** (bits - 1)), qmax: 2 ** (bits - 1) - 1};
}

/** clip(round(value / step), qmin, qmax), rounding half to even. */
export function codeOf(value: number, step: number, {qmin, qmax}: Levels): number {
  return Math.min(qmax, Math.max(qmin, roundHalfToEven(value / step)));
}

/** ∂x̂/∂step of one value: round(x/s) − x/s on the grid; beyond it qmin or qmax. Source: Esser et al. 2020, equation 3. */
export function stepSlope(value: number, step: number, levels: Levels): number {
  const steps = value / step;
  const code = codeOf(value, step, levels);
  return code === roundHalfToEven(steps) ? code - steps : code;
}

/** 2 · mean|w| / √qmax of each column: where LSQ starts. */
export function startingSteps(kernel: TensorData, bits: number): Float64Array {
  const [rows, columns] = kernel.shape as [number, number];
  const sums = new Float64Array(columns);
  kernel.data.forEach((value, i) => (sums[i % columns]! += Math.abs(value)));
  return sums.map(sum => ((sum / rows) * 2) / Math.sqrt(signedLevels(bits).qmax));
}

/** Ways to fix a column's step once and for all, each from the weights alone. */
export const fixedSteps: readonly ((kernel: TensorData, bits: number) => Float64Array)[] = [
  startingSteps,
  (kernel, bits) => largest(kernel).map(value => value / signedLevels(bits).qmax),
  (kernel, bits) => largest(kernel).map(value => value / (signedLevels(bits).qmax + 0.5)),
  leastSquaresSteps,
];

/** The best that steps fixed by one rule read right, in percent. */
export function fixedAccuracy(model: readonly DenseWeights[], bits: number, digits: Digits): number {
  return Math.max(
    ...fixedSteps.map(choose =>
      accuracyOf(
        model,
        model.map(({kernel}) => snapped(kernel, choose(kernel, bits), signedLevels(bits))),
        digits,
      ),
    ),
  );
}

/** What `model` reads right, in percent, with other kernels in its kernels' places. */
export function accuracyOf(model: readonly DenseWeights[], kernels: readonly ArrayLike<number>[], {images, labels}: Digits): number {
  let h: ArrayLike<number> = images.data;
  model.forEach(({bias}, i) => (h = dense(i === 0 ? h : relu(h), kernels[i]!, bias.data, labels.length)));
  const classes = h.length / labels.length;
  let right = 0;
  labels.forEach((label, row) => {
    let best = 0;
    for (let j = 1; j < classes; j++) if (h[row * classes + j]! > h[row * classes + best]!) best = j;
    if (best === label) right++;
  });
  return (100 * right) / labels.length;
}

/** h [rows, inputs] · kernel [inputs, outputs] + bias → [rows, outputs] */
export function dense(h: ArrayLike<number>, kernel: ArrayLike<number>, bias: ArrayLike<number>, rows: number): Float32Array {
  const [inputs, outputs] = [h.length / rows, bias.length];
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

function relu(h: ArrayLike<number>): Float32Array {
  return Float32Array.from(h, value => Math.max(0, value));
}

function snapped(kernel: TensorData, steps: Float64Array, levels: Levels): Float32Array {
  return Float32Array.from(kernel.data, (value, i) => {
    const step = steps[i % steps.length]!;
    return step * codeOf(value, step, levels);
  });
}

function largest({data, shape}: TensorData): Float64Array {
  const most = new Float64Array(shape[1]!).fill(1e-12);
  data.forEach((value, i) => (most[i % most.length] = Math.max(most[i % most.length]!, Math.abs(value))));
  return most;
}

/** Of forty steps for each column the one with the least squared error of its weights. */
function leastSquaresSteps(kernel: TensorData, bits: number): Float64Array {
  const levels = signedLevels(bits);
  const widest = largest(kernel).map(value => value / levels.qmax);
  const best = widest.slice();
  const least = new Float64Array(best.length).fill(Infinity);
  for (let share = 0.2; share <= 1.001; share += 0.02) {
    const steps = widest.map(step => share * step);
    const errors = new Float64Array(steps.length);
    kernel.data.forEach((value, i) => {
      const column = i % steps.length;
      errors[column]! += (value - steps[column]! * codeOf(value, steps[column]!, levels)) ** 2;
    });
    errors.forEach((error, column) => {
      if (error < least[column]!) [least[column], best[column]] = [error, steps[column]!];
    });
  }
  return best;
}
