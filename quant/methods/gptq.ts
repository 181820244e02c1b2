import {perAxis, perGroup} from '../affine/granularity.ts';
import {chooseQParams, type QParams, type Scheme} from '../affine/qparams.ts';
import {quantizeValue} from '../affine/quantize.ts';
import {QTensor} from '../affine/qtensor.ts';
import {codesArray, pack} from '../formats/packing.ts';
import type {QType} from '../formats/qtype.ts';
import {inverseCholesky, type Square} from './cholesky.ts';

/** A layer's weights [outputs, inputs], row-major: one row for each output. */
export interface LinearWeights {
  readonly outputs: number;
  readonly inputs: number;
  readonly data: Float32Array;
}

export interface GptqOptions {
  readonly qtype: QType;
  readonly scheme: Scheme;
  /** How many neighbouring inputs share a scale; without it, all of an output's do. */
  readonly groupSize?: number;
  /** What is added to the Hessian's diagonal, as a share of its mean: 0.01 without it. */
  readonly dampening?: number;
  /** Quantizes the inputs with the largest activations first, while there are most others left to make up for the error. */
  readonly actOrder?: boolean;
  /** How many columns are finished before their errors are passed on to the rest: only the speed depends on it. */
  readonly blockSize?: number;
}

export interface GptqResult {
  readonly quantized: QTensor;
  /** Σ (w − ŵ)² / (2 d²) over all steps: what the method minimizes, half the squared error of the layer's output on the calibration data. */
  readonly loss: number;
}

/** Collects H = 2/n · Σ x·xᵀ from calibration data. */
export class HessianObserver {
  private readonly sums: Float64Array;
  private samples = 0;

  constructor(private readonly inputs: number) {
    this.sums = new Float64Array(inputs * inputs);
  }

  /** Takes in activations [samples, inputs], what goes into the layer. @throws RangeError where they are no whole number of rows, or not finite */
  observe(activations: ArrayLike<number>): void {
    const {inputs, sums} = this;
    const rows = activations.length / inputs;
    if (!Number.isInteger(rows)) throw new RangeError(`Expected rows of ${inputs} activations, got ${activations.length} values`);
    for (let i = 0; i < activations.length; i++)
      if (!Number.isFinite(activations[i]!)) throw new RangeError(`Expected finite activations, got ${activations[i]} at ${i}`);
    for (let row = 0; row < rows; row++)
      for (let i = 0, from = row * inputs; i < inputs; i++) {
        const x = activations[from + i]!;
        if (x !== 0) for (let j = i; j < inputs; j++) sums[i * inputs + j]! += x * activations[from + j]!;
      }
    this.samples += rows;
  }

  /** @throws Error where nothing was observed */
  hessian(): Square {
    const {inputs, sums, samples} = this;
    if (samples === 0) throw new Error('Expected calibration data to be observed before the Hessian is asked for');
    const data = new Float64Array(inputs * inputs);
    for (let i = 0; i < inputs; i++)
      for (let j = i; j < inputs; j++) data[i * inputs + j] = data[j * inputs + i] = (2 * sums[i * inputs + j]!) / samples;
    return {size: inputs, data};
  }
}

/**
 * Quantizes one input after another, and lets the inputs that are still to come make up for the error of each output. Groups keep their scales from the
 * moment their first input is reached; with `actOrder` they are chosen beforehand, so that the codes stay in the order of the inputs.
 * Source: Frantar et al. 2022, GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers, algorithm 1.
 * @throws RangeError where the Hessian does not fit the weights or is not positive definite, or groupSize does not divide the inputs
 */
export function gptq(weights: LinearWeights, hessian: Square, options: GptqOptions): GptqResult {
  const {outputs, inputs, data} = weights;
  const {qtype, groupSize = inputs, dampening = 0.01, actOrder = false, blockSize = 128} = options;
  if (data.length !== outputs * inputs)
    throw new RangeError(`Expected ${outputs * inputs} weights for [${outputs}, ${inputs}], got ${data.length}`);
  if (hessian.size !== inputs) throw new RangeError(`Expected a Hessian of ${inputs} × ${inputs}, one row an input, got ${hessian.size}`);
  const granularity = groupSize === inputs ? perAxis(0) : perGroup(groupSize);
  if (!Number.isInteger(groupSize) || groupSize < 1 || inputs % groupSize !== 0)
    throw new RangeError(`Expected groupSize to divide the ${inputs} inputs, got ${groupSize}`);

  const order = orderOf(hessian, actOrder);
  const {h, dead} = dampened(hessian, order, dampening);
  const u = inverseCholesky(h).data;
  const groups = inputs / groupSize;
  const grid: QParams[] = Array.from({length: outputs * groups});
  const codes = codesArray(outputs * inputs, qtype);
  // [inputs, outputs], in the order of quantization: what one step touches are neighbours.
  const w = transposed(weights, order, dead);
  const chooseGroup = (group: number, valueAt: (step: number, output: number) => number): void => {
    for (let output = 0; output < outputs; output++) {
      let [min, max] = [Infinity, -Infinity];
      for (let step = group * groupSize; step < (group + 1) * groupSize; step++) {
        min = Math.min(min, valueAt(step, output));
        max = Math.max(max, valueAt(step, output));
      }
      grid[output * groups + group] = chooseQParams(min, max, options);
    }
  };
  if (actOrder) for (let group = 0; group < groups; group++) chooseGroup(group, (input, output) => data[output * inputs + input]!);
  let loss = 0;
  for (let from = 0; from < inputs;) {
    const to = blockEnd(from, {inputs, groupSize, blockSize});
    const errors = new Float64Array((to - from) * outputs);
    for (let step = from; step < to; step++) {
      const input = order[step]!;
      const group = Math.floor(input / groupSize);
      if (!actOrder && step % groupSize === 0) chooseGroup(group, (step, output) => w[step * outputs + output]!);
      const d = u[step * inputs + step]!;
      const stepErrors = errors.subarray((step - from) * outputs, (step - from + 1) * outputs);
      for (let output = 0; output < outputs; output++) {
        const x = w[step * outputs + output]!;
        const qparams = grid[output * groups + group]!;
        const code = quantizeValue(x, qparams, qtype);
        codes[output * inputs + input] = code;
        const error = (x - Math.fround(qparams.scale * (code - qparams.zeroPoint))) / d;
        stepErrors[output] = error;
        loss += (error * error) / 2;
      }
      for (let later = step + 1; later < to; later++)
        subtract(w.subarray(later * outputs, (later + 1) * outputs), stepErrors, outputs, [u[step * inputs + later]!]);
    }
    for (let later = to; later < inputs; later++) {
      const factors = Array.from({length: to - from}, (_, i) => u[(from + i) * inputs + later]!);
      subtract(w.subarray(later * outputs, (later + 1) * outputs), errors, outputs, factors);
    }
    from = to;
  }
  const scales = Float32Array.from(grid, ({scale}) => scale);
  const zeroPoints = grid.some(({zeroPoint}) => zeroPoint !== 0) ? {zeroPoints: Int32Array.from(grid, ({zeroPoint}) => zeroPoint)} : {};
  return {
    quantized: new QTensor({shape: [outputs, inputs], qtype, granularity, packed: pack(codes, qtype.bits), scales, ...zeroPoints}),
    loss,
  };
}

/** Blocks begin where groups do: a group's scales are chosen from weights that have taken in every error before them. */
function blockEnd(
  from: number,
  {inputs, groupSize, blockSize}: {readonly inputs: number; readonly groupSize: number; readonly blockSize: number},
): number {
  const end =
    groupSize <= blockSize
      ? from + Math.floor(blockSize / groupSize) * groupSize
      : Math.min(from + blockSize, (Math.floor(from / groupSize) + 1) * groupSize);
  return Math.min(end, inputs);
}

/** The inputs by the size of their activations, or as they come. */
function orderOf({size, data}: Square, actOrder: boolean): Int32Array {
  const order = Int32Array.from({length: size}, (_, i) => i);
  return actOrder ? order.sort((a, b) => data[b * size + b]! - data[a * size + a]! || a - b) : order;
}

/** The Hessian in the order of quantization; inputs that were always 0 are dead: their weights do not matter, and become 0. */
function dampened({size, data}: Square, order: Int32Array, dampening: number): {readonly h: Square; readonly dead: ReadonlySet<number>} {
  const dead = new Set<number>();
  const h = new Float64Array(size * size);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) h[i * size + j] = data[order[i]! * size + order[j]!]!;
    if (h[i * size + i] === 0) {
      dead.add(order[i]!);
      h[i * size + i] = 1;
    }
    sum += h[i * size + i]!;
  }
  for (let i = 0; i < size; i++) h[i * size + i]! += (dampening * sum) / size;
  return {h: {size, data: h}, dead};
}

function transposed({outputs, inputs, data}: LinearWeights, order: Int32Array, dead: ReadonlySet<number>): Float64Array {
  const w = new Float64Array(inputs * outputs);
  for (let step = 0; step < inputs; step++)
    if (!dead.has(order[step]!))
      for (let output = 0; output < outputs; output++) w[step * outputs + output] = data[output * inputs + order[step]!]!;
  return w;
}

/** row -= Σ factors[i] · errors[i, :], four rows at a time. */
function subtract(row: Float64Array, errors: Float64Array, outputs: number, factors: readonly number[]): void {
  let i = 0;
  for (; i + 3 < factors.length; i += 4) {
    const [a, b, c, d] = [factors[i]!, factors[i + 1]!, factors[i + 2]!, factors[i + 3]!];
    const [atB, atC, atD] = [outputs, 2 * outputs, 3 * outputs];
    for (let k = 0, at = i * outputs; k < outputs; k++, at++)
      row[k]! -= a * errors[at]! + b * errors[at + atB]! + c * errors[at + atC]! + d * errors[at + atD]!;
  }
  for (; i < factors.length; i++) {
    const a = factors[i]!;
    for (let k = 0, at = i * outputs; k < outputs; k++, at++) row[k]! -= a * errors[at]!;
  }
}
