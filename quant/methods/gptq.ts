import {perAxis, perGroup} from '../affine/granularity.ts';
import {chooseQParams, type Scheme} from '../affine/qparams.ts';
import {QTensor} from '../affine/qtensor.ts';
import {codesArray, pack} from '../formats/packing.ts';
import type {FloatFormat} from '../formats/float-format.ts';
import type {QType} from '../formats/qtype.ts';
import {type Kernels, newKernels, reserve} from '../kernels/kernels.ts';
import {inverseCholesky, type Matrix, rowBytesOf, rowOf, type Square} from './cholesky.ts';

/** How many rows of activations, and of the Hessian, are multiplied at a time. */
const rowsAtOnce = 128;
/** How many steps correct one another one by one, before the rest of their block takes in all their errors together. */
const stepsAtOnce = 16;

/** A layer's weights [outputs, inputs], row-major: one row for each output. */
export interface LinearWeights {
  readonly outputs: number;
  readonly inputs: number;
  readonly data: Float32Array;
}

/** The grid that `gptq` rounds to, and how it goes about it. */
export interface GptqOptions {
  readonly qtype: QType;
  readonly scheme: Scheme;
  /** What the scales will be stored in, if not in float32: the errors of rounding them are made up for, too. */
  readonly scaleFormat?: FloatFormat;
  /** How many neighbouring inputs share a scale; without it, all of an output's do. */
  readonly groupSize?: number;
  /** What is added to the Hessian's diagonal, as a share of its mean: 0.01 without it. */
  readonly dampening?: number;
  /** Quantizes the inputs with the largest activations first, while there are most others left to make up for the error. */
  readonly actOrder?: boolean;
  /** How many columns are finished before their errors are passed on to the rest: only the speed depends on it. */
  readonly blockSize?: number;
}

/** What `gptq` gives. */
export interface GptqResult {
  readonly quantized: QTensor;
  /** Σ (w − ŵ)² / (2 d²) over all steps: what the method minimizes, half the squared error of the layer's output on the calibration data. */
  readonly loss: number;
}

/** Collects H = 2/n · Σ x·xᵀ from calibration data, in float64. */
export class HessianObserver {
  private readonly kernels = newKernels();
  /** −Σ x·xᵀ; of each block of rows what stands left of its end. */
  private readonly sums: Matrix;
  private samples = 0;

  /** @throws RangeError where the inputs are no whole number above 0 */
  constructor(private readonly inputs: number) {
    if (!Number.isInteger(inputs) || inputs < 1) throw new RangeError(`Expected a layer's number of inputs, got ${inputs}`);
    const rowBytes = rowBytesOf(inputs);
    this.sums = {at: reserve(this.kernels, rowBytes * (inputs + rowsAtOnce)), rowBytes};
  }

  /** Takes in activations [samples, inputs], what goes into the layer. @throws RangeError where they are no whole number of rows, or not finite */
  observe(activations: ArrayLike<number>): void {
    const {inputs, kernels, sums} = this;
    const rows = activations.length / inputs;
    if (!Number.isInteger(rows)) throw new RangeError(`Expected rows of ${inputs} activations, got ${activations.length} values`);
    for (let i = 0; i < activations.length; i++)
      if (!Number.isFinite(activations[i]!)) throw new RangeError(`Expected finite activations, got ${activations[i]} at ${i}`);
    const x: Matrix = {at: sums.at + inputs * sums.rowBytes, rowBytes: sums.rowBytes};
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const depth = Math.min(rowsAtOnce, rows - from);
      for (let k = 0; k < depth; k++) {
        const row = rowOf(kernels, x, k, inputs);
        for (let i = 0, at = (from + k) * inputs; i < inputs; i++) row[i] = activations[at + i]!;
      }
      // [inputs, inputs] −= xᵀ · x with x [depth, inputs]
      for (let i = 0; i < inputs; i += rowsAtOnce) {
        const height = Math.min(rowsAtOnce, inputs - i);
        const {at, rowBytes} = x;
        kernels.subtractProduct(sums.at + i * rowBytes, rowBytes, at + 8 * i, rowBytes, 8, at, rowBytes, height, i + height, depth);
      }
    }
    this.samples += rows;
  }

  /** @throws Error where nothing was observed */
  hessian(): Square {
    const {inputs, kernels, sums, samples} = this;
    if (samples === 0) throw new Error('Expected calibration data to be observed before the Hessian is asked for');
    const data = new Float64Array(inputs * inputs);
    for (let i = 0; i < inputs; i++) {
      const row = rowOf(kernels, sums, i, inputs);
      for (let j = 0; j <= i; j++) data[i * inputs + j] = data[j * inputs + i] = (-2 * row[j]!) / samples;
    }
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
  const groups = inputs / groupSize;
  const kernels = newKernels();
  const bytes = {hessian: inputs * rowBytesOf(inputs), column: rowBytesOf(outputs)};
  // U [inputs, inputs]; w [inputs, outputs] in the order of quantization: what one step touches are neighbours; the errors of a block; one step's
  // scales, their inverses, zero points and codes.
  const at = reserve(kernels, bytes.hessian + (inputs + blockSize + 4) * bytes.column + 32 * rowBytesOf(inputs));
  const u: Matrix = {at, rowBytes: rowBytesOf(inputs)};
  const w: Matrix = {at: at + bytes.hessian, rowBytes: bytes.column};
  const errors: Matrix = {at: w.at + inputs * bytes.column, rowBytes: bytes.column};
  const scalesAt = errors.at + blockSize * bytes.column;
  const inversesAt = scalesAt + bytes.column;
  const zeroPointsAt = inversesAt + bytes.column;
  const codesAt = zeroPointsAt + bytes.column;
  const dead = loadDampened(kernels, u, hessian, order, dampening);
  inverseCholesky(kernels, u, inputs, codesAt + bytes.column);
  for (let step = 0; step < inputs; step++)
    if (!dead.has(order[step]!)) {
      const row = rowOf(kernels, w, step, outputs);
      for (let output = 0; output < outputs; output++) row[output] = data[output * inputs + order[step]!]!;
    }

  const {buffer} = kernels.memory;
  const codes = codesArray(outputs * inputs, qtype);
  // [groups, outputs]
  const scales = new Float32Array(groups * outputs);
  const zeroPoints = new Int32Array(groups * outputs);
  const chooseGroup = (group: number, valuesOf: (step: number) => ArrayLike<number>): void => {
    const [minima, maxima] = [new Float64Array(outputs).fill(Infinity), new Float64Array(outputs).fill(-Infinity)];
    for (let step = group * groupSize; step < (group + 1) * groupSize; step++) {
      const values = valuesOf(step);
      for (let output = 0; output < outputs; output++) {
        minima[output] = Math.min(minima[output]!, values[output]!);
        maxima[output] = Math.max(maxima[output]!, values[output]!);
      }
    }
    for (let output = 0; output < outputs; output++) {
      const {scale, zeroPoint} = chooseQParams(minima[output]!, maxima[output]!, options);
      scales[group * outputs + output] = scale;
      zeroPoints[group * outputs + output] = zeroPoint;
    }
  };
  if (actOrder)
    for (let group = 0; group < groups; group++)
      chooseGroup(group, input => Float32Array.from({length: outputs}, (_, output) => data[output * inputs + input]!));
  let loss = 0;
  let current = -1;
  const quantizeStep = (step: number, error: number): void => {
    const input = order[step]!;
    const group = Math.floor(input / groupSize);
    if (!actOrder && step % groupSize === 0) chooseGroup(group, step => rowOf(kernels, w, step, outputs));
    if (group !== current) {
      const some = scales.subarray(group * outputs, (group + 1) * outputs);
      new Float32Array(buffer, scalesAt, outputs).set(some);
      new Float32Array(buffer, inversesAt, outputs).set(some.map(scale => 1 / scale));
      new Int32Array(buffer, zeroPointsAt, outputs).set(zeroPoints.subarray(group * outputs, (group + 1) * outputs));
      current = group;
    }
    const x = w.at + step * w.rowBytes;
    const d = rowOf(kernels, u, step, inputs)[step]!;
    loss += kernels.snapColumn(x, outputs, scalesAt, inversesAt, zeroPointsAt, qtype.qmin, qtype.qmax, d, codesAt, error) / 2;
    const made = new Int32Array(buffer, codesAt, outputs);
    for (let output = 0; output < outputs; output++) codes[output * inputs + input] = made[output]!;
  };
  /** w[first … end − 1] −= U[from … to − 1, first … end − 1]ᵀ · errors: what steps leave for later ones to make up for. */
  const passOn = (from: number, to: number, first: number, end: number, error: number): void => {
    const [c, a] = [w.at + first * w.rowBytes, u.at + from * u.rowBytes + 8 * first];
    kernels.subtractProduct(c, w.rowBytes, a, u.rowBytes, 8, error, w.rowBytes, end - first, outputs, to - from);
  };
  for (let from = 0; from < inputs;) {
    const to = blockEnd(from, {inputs, groupSize, blockSize});
    const errorOf = (step: number): number => errors.at + (step - from) * errors.rowBytes;
    for (let part = from, end = from; part < to; part = end) {
      // A group begins a part: its scales are chosen from weights that have taken in every error before them.
      end = Math.min(part + stepsAtOnce, to, (Math.floor(part / groupSize) + 1) * groupSize);
      for (let step = part; step < end; step++) {
        quantizeStep(step, errorOf(step));
        passOn(step, step + 1, step + 1, end, errorOf(step));
      }
      passOn(part, end, end, to, errorOf(part));
    }
    passOn(from, to, to, inputs, errors.at);
    from = to;
  }
  const byOutput = <T extends Float32Array | Int32Array>(values: T): T =>
    values.map((_, i) => values[(i % groups) * outputs + Math.floor(i / groups)]!) as T;
  return {
    quantized: new QTensor({
      shape: [outputs, inputs],
      qtype,
      granularity,
      packed: pack(codes, qtype.bits),
      scales: byOutput(scales),
      ...(zeroPoints.some(zeroPoint => zeroPoint !== 0) && {zeroPoints: byOutput(zeroPoints)}),
    }),
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

/**
 * Writes the lower triangle of the Hessian in the order of quantization. Gives the inputs that were always 0: dead, their weights do not matter, and
 * become 0.
 */
function loadDampened(kernels: Kernels, to: Matrix, {size, data}: Square, order: Int32Array, dampening: number): ReadonlySet<number> {
  const dead = new Set<number>();
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const row = rowOf(kernels, to, i, size);
    for (let j = 0; j <= i; j++) row[j] = data[order[i]! * size + order[j]!]!;
    if (row[i] === 0) {
      dead.add(order[i]!);
      row[i] = 1;
    }
    sum += row[i]!;
  }
  for (let i = 0; i < size; i++) rowOf(kernels, to, i, size)[i]! += (dampening * sum) / size;
  return dead;
}
