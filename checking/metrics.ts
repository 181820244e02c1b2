import {measureErrors} from '../quant/report/errors.ts';

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
