/** A positive real number as integer arithmetic multiplies by it: multiplier · 2^(shift − 31), multiplier from 2^30 to 2^31 − 1. */
export interface FixedPoint {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * The nearest fixed-point number. As TensorFlow Lite's QuantizeMultiplier.
 * @throws RangeError where real is not above 0 and below 2^14
 */
export function toFixedPoint(real: number): FixedPoint {
  if (!(real > 0 && real < 2 ** 14)) throw new RangeError(`Expected a ratio of scales above 0 and below 2^14, got ${real}`);
  let shift = Math.floor(Math.log2(real)) + 1;
  // The logarithm may be off by one at powers of two.
  if (real / 2 ** shift >= 1) shift++;
  if (real / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((real / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift++;
  }
  // So small that every int32 becomes 0.
  return shift < -31 ? {multiplier: 0, shift: 0} : {multiplier, shift};
}

/**
 * ⌊x · multiplier · 2^(shift − 31) + ½⌋: rounded once, ties up. As TensorFlow Lite's MultiplyByQuantizedMultiplier with single rounding; gemmlowp's rounds
 * a second time where it shifts, and then is off by one for a third of all sums at ratios between ¼ and ½.
 * @param x an integer of at most 32 bits
 */
export function multiplyFixedPoint(x: number, {multiplier, shift}: FixedPoint): number {
  // In halves of the multiplier: the whole product needs more bits than a float64 has.
  const high = multiplier >>> 16;
  const low = multiplier & 0xffff;
  return Math.floor((x * high + 2 ** (14 - shift) + Math.floor((x * low) / 2 ** 16)) / 2 ** (15 - shift));
}

/** Numbers as multipliers and shifts in turn: what a step keeps of them. */
export type Factors = Int32Array<ArrayBuffer>;

export function factorsOf(reals: readonly number[]): Factors {
  return Int32Array.from(reals.map(toFixedPoint).flatMap(({multiplier, shift}) => [multiplier, shift]));
}

export function factorAt(factors: Factors, i: number): FixedPoint {
  return {multiplier: factors[2 * i]!, shift: factors[2 * i + 1]!};
}
