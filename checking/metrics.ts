/**
 * The measures of the course, each defined once, on plain arrays, in float64. `reference` is what should be, `actual` what is.
 * Every function throws a RangeError where the lengths differ or there is nothing to measure.
 */
type Numbers = ArrayLike<number>;

/** max |actual − reference|, in the values' own unit. NaN where one of them is NaN. */
export function maxAbsError(reference: Numbers, actual: Numbers): number {
  return fold(reference, actual, 0, (worst, r, a) => Math.max(worst, r === a ? 0 : Math.abs(a - r)));
}

/** mean |actual − reference|, in the values' own unit. */
export function meanAbsError(reference: Numbers, actual: Numbers): number {
  return fold(reference, actual, 0, (sum, r, a) => sum + Math.abs(a - r)) / reference.length;
}

/** ‖actual − reference‖ / ‖reference‖ with Euclidean norms; no unit. 0 where both are zero. */
export function relativeError(reference: Numbers, actual: Numbers): number {
  const noise = Math.sqrt(fold(reference, actual, 0, (sum, r, a) => sum + (a - r) ** 2));
  return noise === 0 ? 0 : noise / Math.sqrt(fold(reference, reference, 0, (sum, r) => sum + r * r));
}

/** Signal to quantization noise, 10·log10(Σ reference² / Σ (actual − reference)²), in decibels. Infinity where there is no noise. */
export function sqnrDb(reference: Numbers, actual: Numbers): number {
  return -20 * Math.log10(relativeError(reference, actual));
}

/** The share of predictions that are their label, 0 to 1. */
export function accuracy(labels: Numbers, predictions: Numbers): number {
  return 1 - mismatches(labels, predictions) / labels.length;
}

/** How many elements differ. */
export function mismatches(reference: Numbers, actual: Numbers): number {
  return fold(reference, actual, 0, (count, r, a) => count + (r === a ? 0 : 1));
}

/** How many different values there are: the levels in use. −0 is 0. */
export function levels(values: Numbers): number {
  return new Set(Array.from(values, value => value + 0)).size;
}

function fold(reference: Numbers, actual: Numbers, start: number, add: (total: number, r: number, a: number) => number): number {
  if (reference.length !== actual.length)
    throw new RangeError(`Expected as many values as the reference's ${reference.length}, got ${actual.length}`);
  if (reference.length === 0) throw new RangeError('Expected at least one value to measure, got none');
  let total = start;
  for (let i = 0; i < reference.length; i++) total = add(total, reference[i]!, actual[i]!);
  return total;
}
