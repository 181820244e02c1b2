import type {FloatFields, FloatFormat} from '../../exercises/02-how-numbers-are-stored/interface.ts';

/** Divisions by powers of two in place of shifts: the 32nd bit of a float32 stays a bit and does not become a minus sign. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const aboveMantissa = Math.floor(bits / 2 ** mantissaBits);
  return {
    sign: Math.floor(aboveMantissa / 2 ** exponentBits),
    exponent: aboveMantissa % 2 ** exponentBits,
    mantissa: bits % 2 ** mantissaBits,
  };
}

/**
 * Normal: ± (1 + mantissa / 2^m) · 2^(exponent − bias). Exponent 0: without the 1, at the power of two of exponent 1.
 * Exponent of all ones: infinity or NaN, in formats without infinities a number but for the very last code.
 */
export function decodeFloat(bits: number, format: FloatFormat): number {
  const {sign, exponent, mantissa} = splitFloat(bits, format);
  const {exponentBits, mantissaBits, infinities} = format;
  const bias = 2 ** (exponentBits - 1) - 1;
  const plusOrMinus = sign === 1 ? -1 : 1;
  const fraction = mantissa / 2 ** mantissaBits;
  if (exponent === 2 ** exponentBits - 1) {
    if (infinities) return mantissa === 0 ? plusOrMinus * Infinity : NaN;
    if (mantissa === 2 ** mantissaBits - 1) return NaN;
  }
  if (exponent === 0) return plusOrMinus * fraction * 2 ** (1 - bias);
  return plusOrMinus * (1 + fraction) * 2 ** (exponent - bias);
}

/**
 * Between two powers of two the numbers of a format are evenly spaced, 2^mantissaBits steps from one to the other: find the step, round to it.
 * Halves go to the even multiple, whose mantissa is even as well. Below the smallest normal number the step stays as it is.
 */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  const magnitude = Math.abs(x);
  if (magnitude === 0 || !(magnitude < Infinity)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - bias);
  const step = 2 ** (exponent - mantissaBits);
  const steps = magnitude / step;
  let rounded = Math.round(steps);
  // Math.round took the upper of two neighbours alike far away; of them, the even one is meant.
  if (rounded - steps === 0.5 && rounded % 2 === 1) rounded--;
  const result = rounded * step;
  // The largest exponent and the largest mantissa that are a number.
  const largestExponent = 2 ** exponentBits - 1 - bias - (infinities ? 1 : 0);
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** largestExponent;
  if (result > max) return infinities ? Math.sign(x) * Infinity : NaN;
  return Math.sign(x) * result;
}
