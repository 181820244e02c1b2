import {expectValues} from '../formats/shape.ts';
import {codesArray, pack} from '../formats/packing.ts';
import type {QType} from '../formats/qtype.ts';
import {roundHalfToEven} from '../formats/round.ts';
import {forEachRun, type Granularity, perTensor, type Slices, slicesOf} from './granularity.ts';
import {chooseQParams, type QParams, type QParamsChoice} from './qparams.ts';
import {QTensor} from './qtensor.ts';

/**
 * How x becomes steps of the scale, in float32, before it is rounded. `inverse`: x · (1 / scale), as PyTorch and torchao; `division`: x / scale, as
 * ONNX's QuantizeLinear. They differ where x lies within float32's precision of the middle between two codes.
 */
export type StepArithmetic = 'inverse' | 'division';

/** How `quantize` chooses the grid, from the values themselves. */
export interface Quantization extends QParamsChoice {
  /** Per tensor without it. */
  readonly granularity?: Granularity;
  /** `inverse` without it. */
  readonly steps?: StepArithmetic;
}

/** Scales and zero points that are already chosen, by an observer or in training: one pair for each slice of the granularity. */
export interface Grid {
  readonly qtype: QType;
  /** Per tensor without it. */
  readonly granularity?: Granularity;
  /** `inverse` without it. */
  readonly steps?: StepArithmetic;
  readonly scales: ArrayLike<number>;
  /** Without them, 0. */
  readonly zeroPoints?: ArrayLike<number>;
}

/**
 * Quantizes values [...shape], row-major: code = clamp(round(x / scale) + zeroPoint, qmin, qmax), half to even, in float32. The codes of PyTorch and
 * torchao; with `division`, of ONNX.
 * The grid is given, or chosen from each slice's own minimum and maximum; a tensor without elements has no range, and scales of 1.
 * @throws RangeError at NaN, which no integer holds; at an infinity where the grid is chosen from the values (on a given grid it clamps); at scales not above
 * 0 and zero points that are no codes; where shape, granularity and the numbers of values and scales do not fit one another
 */
export function quantize(values: ArrayLike<number>, shape: readonly number[], options: Quantization | Grid): QTensor {
  const {qtype, granularity = perTensor, steps = 'inverse'} = options;
  expectValues(values, shape);
  const slices = slicesOf(shape, granularity);
  const {scales, zeroPoints} = 'scales' in options ? given(options, slices) : chosen(values, slices, options);
  const codes = codesArray(values.length, qtype);
  forEachRun(values.length, slices, (from, to, slice) => {
    const encode = encoder({scale: scales[slice]!, zeroPoint: zeroPoints?.[slice] ?? 0}, qtype, steps);
    for (let i = from; i < to; i++) {
      if (Number.isNaN(values[i]!)) throw notFinite(values, i, 'Clean the values first.');
      codes[i] = encode(values[i]!);
    }
  });
  return new QTensor({shape, qtype, granularity, packed: pack(codes, qtype.bits), scales, ...(zeroPoints && {zeroPoints})});
}

/** clamp(roundHalfToEven(x · (1 / scale)) + zeroPoint, qmin, qmax) in float32: the code of one value. NaN has none and stays NaN. */
export function quantizeValue(x: number, qparams: QParams, qtype: Pick<QType, 'qmin' | 'qmax'>): number {
  return encoder(qparams, qtype, 'inverse')(x);
}

/** The smallest subnormal scales have no finite inverse; by them it divides, whatever was asked. */
function encoder(
  {scale, zeroPoint}: QParams,
  {qmin, qmax}: Pick<QType, 'qmin' | 'qmax'>,
  arithmetic: StepArithmetic,
): (x: number) => number {
  const inverse = Math.fround(1 / scale);
  const steps =
    arithmetic === 'inverse' && Number.isFinite(inverse)
      ? (x: number): number => Math.fround(Math.fround(x) * inverse)
      : (x: number): number => Math.fround(Math.fround(x) / scale);
  // + 0: a code is never −0.
  return x => Math.min(Math.max(roundHalfToEven(steps(x)) + zeroPoint, qmin), qmax) + 0;
}

interface Scales {
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints: Int32Array<ArrayBuffer> | undefined;
}

function given({scales, zeroPoints, qtype}: Grid, {count}: Slices): Scales {
  if (scales.length !== count) throw new RangeError(`Expected ${count} scales for this shape and granularity, got ${scales.length}`);
  if (zeroPoints && zeroPoints.length !== count)
    throw new RangeError(`Expected ${count} zero points, one a scale, got ${zeroPoints.length}`);
  const bad = Array.from(scales).findIndex(scale => !(scale > 0 && Number.isFinite(scale)));
  if (bad >= 0) throw new RangeError(`Expected scales above 0, got ${scales[bad]} at ${bad}; an all-zero slice needs a scale of 1`);
  const odd = zeroPoints ? Array.from(zeroPoints).findIndex(z => !(Number.isInteger(z) && z >= qtype.qmin && z <= qtype.qmax)) : -1;
  if (odd >= 0)
    throw new RangeError(
      `Expected zero points that are codes of ${qtype.name}, whole numbers from ${qtype.qmin} to ${qtype.qmax}, got ${zeroPoints![odd]} at ${odd}`,
    );
  return {scales: Float32Array.from(scales), zeroPoints: zeroPoints && Int32Array.from(zeroPoints)};
}

function chosen(values: ArrayLike<number>, slices: Slices, choice: Quantization): Scales {
  const minima = new Float64Array(slices.count).fill(Infinity);
  const maxima = new Float64Array(slices.count).fill(-Infinity);
  forEachRun(values.length, slices, (from, to, slice) => {
    let [min, max] = [minima[slice]!, maxima[slice]!];
    for (let i = from; i < to; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) throw notFinite(values, i, 'Clean the values first, or give the grid: {qtype, scales}.');
      if (x < min) min = x;
      if (x > max) max = x;
    }
    [minima[slice], maxima[slice]] = [min, max];
  });
  const scales = new Float32Array(slices.count).fill(1);
  const zeroPoints = choice.scheme === 'asymmetric' || !choice.qtype.signed ? new Int32Array(slices.count) : undefined;
  if (values.length > 0)
    for (let slice = 0; slice < slices.count; slice++) {
      const {scale, zeroPoint} = chooseQParams(minima[slice]!, maxima[slice]!, choice);
      scales[slice] = scale;
      if (zeroPoints) zeroPoints[slice] = zeroPoint;
    }
  return {scales, zeroPoints};
}

function notFinite(values: ArrayLike<number>, at: number, next: string): RangeError {
  return new RangeError(`Expected finite values, got ${values[at]} at ${at}. ${next}`);
}
