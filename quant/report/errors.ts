/**
 * How far values are from what they should be, taken in piece by piece, in float64: a file of any size is measured in little memory.
 * A value that equals its reference errs by 0, infinities too.
 */
export class ErrorMeasure {
  /** How many values were compared. */
  count = 0;
  /** max |actual − reference|, in the values' own unit; NaN where one of them is NaN. */
  maxAbsError = 0;
  private sumAbsError = 0;
  private noise = 0;
  private signal = 0;
  private actualSignal = 0;
  private product = 0;

  /** @throws RangeError where the lengths differ */
  add(reference: ArrayLike<number>, actual: ArrayLike<number>): void {
    if (reference.length !== actual.length)
      throw new RangeError(`Expected as many values as the reference's ${reference.length}, got ${actual.length}`);
    for (let i = 0; i < reference.length; i++) {
      const [r, a] = [reference[i]!, actual[i]!];
      const error = r === a ? 0 : Math.abs(a - r);
      this.maxAbsError = Math.max(this.maxAbsError, error);
      this.sumAbsError += error;
      this.noise += error * error;
      this.signal += r * r;
      this.actualSignal += a * a;
      this.product += r * a;
    }
    this.count += reference.length;
  }

  /** mean |actual − reference|, in the values' own unit. */
  get meanAbsError(): number {
    return this.sumAbsError / this.count;
  }

  /** ‖actual − reference‖ / ‖reference‖ with Euclidean norms; no unit. 0 where both are zero. */
  get relativeError(): number {
    return this.noise === 0 ? 0 : Math.sqrt(this.noise) / Math.sqrt(this.signal);
  }

  /** Signal to quantization noise, 10·log10(Σ reference² / Σ (actual − reference)²), in decibels. Infinity where there is no noise. */
  get sqnrDb(): number {
    return -20 * Math.log10(this.relativeError);
  }

  /** The cosine of the angle between both: 1 where one is a positive multiple of the other, whatever its size. */
  get cosine(): number {
    return this.noise === 0 ? 1 : this.product / Math.sqrt(this.signal * this.actualSignal);
  }
}

/** The errors of values that are all there. @throws RangeError where the lengths differ or there is nothing to measure */
export function measureErrors(reference: ArrayLike<number>, actual: ArrayLike<number>): ErrorMeasure {
  const measure = new ErrorMeasure();
  measure.add(reference, actual);
  if (measure.count === 0) throw new RangeError('Expected at least one value to measure, got none');
  return measure;
}
