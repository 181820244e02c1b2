import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {weightMatrix} from '../../data/outliers.ts';
import {perGroup} from '../../quant/affine/granularity.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {qint8} from '../../quant/formats/qtype.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';

/** A quantized matrix [inputs, outputs] as the judge holds it: the scale of element i is `scales[scaleAt(i)]`. */
export interface Held {
  readonly codes: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
}

/** Which of the scales [inputs / groupSize, outputs] belongs to element i of a matrix [inputs, outputs]. */
export function scaleIndex(outputs: number, groupSize: number): (i: number) => number {
  return i => Math.floor(Math.floor(i / outputs) / groupSize) * outputs + (i % outputs);
}

/** The toolkit's scales, [inputs / groupSize, outputs]: its groups run along the last axis, so it is shown the matrix on its side. */
export function referenceScales(weights: TensorData, groupSize: number): Float32Array {
  const [inputs, outputs] = weights.shape as [number, number];
  const onItsSide = Float32Array.from(weights.data, (_, i) => weights.data[(i % inputs) * outputs + Math.floor(i / inputs)]!);
  const {scales} = quantize(onItsSide, [outputs, inputs], {qtype: qint8, scheme: 'symmetric', granularity: perGroup(groupSize)});
  const groups = inputs / groupSize;
  // [outputs, groups] → [groups, outputs]
  return Float32Array.from(scales, (_, i) => scales[(i % outputs) * groups + Math.floor(i / outputs)]!);
}

/** What came back of `quantizePerChannel` and `quantizePerGroup`. @throws WrongAnswer */
export function expectQuantized(value: Plain, name: string, weights: TensorData, groupSize: number): Held {
  const [inputs, outputs] = weights.shape as [number, number];
  const record = expectRecord(value, ['codes', 'scales'], `the result of ${name}`);
  return {
    codes: expectCodes(record.codes, {what: 'codes', shape: weights.shape}),
    scales: expectScales(record.scales, 'scales', groupSize === inputs ? [outputs] : [inputs / groupSize, outputs]),
  };
}

/** Scales of that shape; axes of length 1 may stand between, as `keepDims` leaves them. @throws WrongAnswer */
export function expectScales(value: Plain, what: string, shape: readonly number[]): Float32Array {
  const scales = expectTensor(value, {what});
  const long = (axes: readonly number[]): string => axes.filter(n => n !== 1).join(', ');
  if (long(scales.shape) !== long(shape))
    throw new WrongAnswer(`Expected ${what} to have shape [${shape.join(', ')}], got [${scales.shape.join(', ')}]`);
  return Float32Array.from(scales.data);
}

/** The largest relative distance between two lists of scales. */
export function scaleDeviation(right: ArrayLike<number>, scales: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < right.length; i++) worst = Math.max(worst, Math.abs(scales[i]! / right[i]! - 1));
  return worst;
}

/** How many codes are not the nearest grid point of their value on that grid; within 1/100 of a step of a tie, both neighbours are near enough. */
export function wrongCodes(values: ArrayLike<number>, codes: ArrayLike<number>, scaleOf: (i: number) => number): number {
  let wrong = 0;
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]! / scaleOf(i) - codes[i]!) <= 0.51 && Math.abs(codes[i]!) <= 127)) wrong++;
  return wrong;
}

/** ‖w − ŵ‖ / ‖w‖ over the elements that `counts` picks. */
export function errorWhere(weights: TensorData, {codes, scales}: Held, groupSize: number, counts: (i: number) => boolean): number {
  const at = scaleIndex(weights.shape[1]!, groupSize);
  const picked = Array.from(weights.data.keys()).filter(counts);
  return relativeError(
    picked.map(i => weights.data[i]!),
    picked.map(i => codes[i]! * scales[at(i)]!),
  );
}

/** Weights whose columns differ by far more than those of a usual layer: a scale of another column, or of all, is clearly wrong. */
export function unequalWeights(draw: Draw, inputs: number, outputs: number): TensorData {
  return weightMatrix(draw, {inputs, outputs, deviation: draw.uniform(0.01, 0.1), spread: 0.8});
}

/** The weights with some elements set to 0. */
export function zeroWhere(weights: TensorData, isZero: (i: number) => boolean): TensorData {
  return {...weights, data: Float32Array.from(weights.data, (value, i) => (isZero(i) ? 0 : value))};
}
