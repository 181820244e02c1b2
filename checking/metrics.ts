import {measureErrors} from '../quant/report/errors.ts';
import {isTensorData, isTypedArray, type Plain} from '../session/wire/plain.ts';
import {WrongAnswer} from './types.ts';

export {bitsPerValue} from '../quant/report/table.ts';

/**
 * The measures of the course, on plain arrays, in float64. `reference` is what should be, `actual` what is.
 * Every function throws a RangeError where the lengths differ or there is nothing to measure.
 */
type Numbers = ArrayLike<number>;

/** max |actual − reference|, in the values' own unit. NaN where one of them is NaN. */
export function maxAbsError(reference: Numbers, actual: Numbers): number {
  return measureErrors(reference, actual).maxAbsError;
}

/** mean |actual − reference|, in the values' own unit. */
export function meanAbsError(reference: Numbers, actual: Numbers): number {
  return measureErrors(reference, actual).meanAbsError;
}

/** ‖actual − reference‖ / ‖reference‖ with Euclidean norms; no unit. 0 where both are zero. */
export function relativeError(reference: Numbers, actual: Numbers): number {
  return measureErrors(reference, actual).relativeError;
}

/** Signal to quantization noise, 10·log10(Σ reference² / Σ (actual − reference)²), in decibels. Infinity where there is no noise. */
export function sqnrDb(reference: Numbers, actual: Numbers): number {
  return measureErrors(reference, actual).sqnrDb;
}

/** The share of predictions that are their label, 0 to 1. */
export function accuracy(labels: Numbers, predictions: Numbers): number {
  return 1 - mismatches(labels, predictions) / labels.length;
}

/** How many elements differ. */
export function mismatches(reference: Numbers, actual: Numbers): number {
  const {count} = measureErrors(reference, actual);
  let different = 0;
  for (let i = 0; i < count; i++) if (reference[i] !== actual[i]) different++;
  return different;
}

/** How many different values there are: the levels in use. −0 is 0. */
export function levels(values: Numbers): number {
  return new Set(Array.from(values, value => value + 0)).size;
}

/** The bytes of a buffer or a tensor that came back, whatever its length. @throws WrongAnswer where it is none */
export function byteLength(value: Plain, what: string): number {
  const buffer = isTensorData(value) ? value.data : value;
  if (!isTypedArray(buffer)) throw new WrongAnswer(`Expected ${what} to be a typed array, which has bytes to count`);
  return buffer.byteLength;
}

const gradientTolerance = 1e-5;

/** How many gradients are further than 1e-5 from what they should be, in the gradient's own unit; NaN is. */
export function wrongGradients(reference: Numbers, actual: Numbers): number {
  const {count} = measureErrors(reference, actual);
  let wrong = 0;
  for (let i = 0; i < count; i++) if (!(Math.abs(actual[i]! - reference[i]!) <= gradientTolerance)) wrong++;
  return wrong;
}

/** ‖actual − f · reference‖ / ‖f · reference‖ with the factor f that fits best, of a gradient whose size is free; 2, as of the opposite, where none above 0 does. */
export function misdirection(reference: Numbers, actual: Numbers): number {
  const factor = dot(actual, reference) / dot(reference, reference);
  return factor > 0
    ? relativeError(
        Float64Array.from(reference, value => factor * value),
        actual,
      )
    : 2;
}

/** @throws RangeError where the lengths differ */
function dot(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) throw new RangeError(`Expected as many values as the reference's ${b.length}, got ${a.length}`);
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
}
