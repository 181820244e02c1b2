/**
 * A binary floating-point format: a sign, `exponentBits` and `mantissaBits`, as a value.
 * `special` says what the codes with an exponent of all ones stand for. `ieee`: infinities and NaN. `nan`: numbers too, but for the very last
 * code, which is NaN. `none`: numbers, all of them.
 */
export interface FloatFormat {
  readonly name: string;
  readonly bits: number;
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly special: 'ieee' | 'nan' | 'none';
}

/** IEEE 754 binary32: what JavaScript's Math.fround rounds to. */
export const float32: FloatFormat = {name: 'float32', bits: 32, exponentBits: 8, mantissaBits: 23, special: 'ieee'};
/** IEEE 754 binary16: 65504 is its largest number, 2^−24 its least. */
export const float16: FloatFormat = {name: 'float16', bits: 16, exponentBits: 5, mantissaBits: 10, special: 'ieee'};
/** float32 without its last 16 bits: the same range, two to three decimal digits. */
export const bfloat16: FloatFormat = {name: 'bfloat16', bits: 16, exponentBits: 8, mantissaBits: 7, special: 'ieee'};
/** OCP 8-bit floating point E4M3: no infinity, 448 is its largest number. */
export const float8e4m3fn: FloatFormat = {name: 'float8e4m3fn', bits: 8, exponentBits: 4, mantissaBits: 3, special: 'nan'};
/** OCP 8-bit floating point E5M2: the upper byte of a float16. */
export const float8e5m2: FloatFormat = {name: 'float8e5m2', bits: 8, exponentBits: 5, mantissaBits: 2, special: 'ieee'};
/** OCP microscaling E2M1, the FP4 of MXFP4 and NVFP4: ±0, 0.5, 1, 1.5, 2, 3, 4, 6. */
export const float4e2m1: FloatFormat = {name: 'float4e2m1', bits: 4, exponentBits: 2, mantissaBits: 1, special: 'none'};

/** 2^(exponentBits − 1) − 1: what the stored exponent is ahead of the true one. */
export function exponentBias({exponentBits}: FloatFormat): number {
  return 2 ** (exponentBits - 1) - 1;
}

/** The numbers that mark a format out; as NumPy's finfo has them. */
export interface FloatLimits {
  readonly max: number;
  /** The smallest number above 0 with full precision. */
  readonly smallestNormal: number;
  readonly smallestSubnormal: number;
  /** The distance from 1 to the next number. */
  readonly epsilon: number;
}

/** The numbers that bound a format: max = (2 − 2^−mantissaBits) · 2^largestExponent, less where that code is NaN; epsilon = 2^−mantissaBits. */
export function floatLimits(format: FloatFormat): FloatLimits {
  const {exponentBits, mantissaBits, special} = format;
  const bias = exponentBias(format);
  const epsilon = 2 ** -mantissaBits;
  const smallestNormal = 2 ** (1 - bias);
  const largestExponent = 2 ** exponentBits - 1 - bias - (special === 'ieee' ? 1 : 0);
  // The last code of `nan` is no number: one step less.
  const largestMantissa = 2 - epsilon * (special === 'nan' ? 2 : 1);
  return {max: largestMantissa * 2 ** largestExponent, smallestNormal, smallestSubnormal: smallestNormal * epsilon, epsilon};
}

/** A code, taken apart. */
export interface FloatFields {
  readonly sign: 0 | 1;
  /** As stored: `exponentBias` above the true one. */
  readonly exponent: number;
  readonly mantissa: number;
  readonly kind: 'zero' | 'subnormal' | 'normal' | 'infinity' | 'nan';
}

/** The sign, the stored exponent and the mantissa of a code. @throws RangeError where the code is no whole number of the format's bits */
export function floatFields(code: number, format: FloatFormat): FloatFields {
  const {bits, exponentBits, mantissaBits, special} = format;
  if (!Number.isInteger(code) || code < 0 || code >= 2 ** bits)
    throw new RangeError(`Expected a code of ${format.name}, a whole number from 0 to ${2 ** bits - 1}, got ${code}`);
  const sign = code >= 2 ** (bits - 1) ? 1 : 0;
  const magnitude = code - sign * 2 ** (bits - 1);
  const exponent = Math.floor(magnitude / 2 ** mantissaBits);
  const mantissa = magnitude % 2 ** mantissaBits;
  return {sign, exponent, mantissa, kind: kind()};

  function kind(): FloatFields['kind'] {
    if (exponent === 2 ** exponentBits - 1) {
      if (special === 'ieee') return mantissa === 0 ? 'infinity' : 'nan';
      if (special === 'nan' && mantissa === 2 ** mantissaBits - 1) return 'nan';
    }
    if (exponent === 0) return mantissa === 0 ? 'zero' : 'subnormal';
    return 'normal';
  }
}
