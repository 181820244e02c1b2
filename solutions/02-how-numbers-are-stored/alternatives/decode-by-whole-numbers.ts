import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';
import {splitFloat} from '../answers.ts';

export * from '../answers.ts';

/** The mantissa as a whole number, with the 1 in front of it as one more bit: everything is then steps of one power of two. */
export function decodeFloat(bits: number, format: FloatFormat): number {
  const {exponentBits, mantissaBits, infinities} = format;
  const {sign, exponent, mantissa} = splitFloat(bits, format);
  const allOnes = 2 ** exponentBits - 1;
  const nan = exponent === allOnes && (infinities ? mantissa !== 0 : mantissa === 2 ** mantissaBits - 1);
  if (nan) return Number.NaN;
  const steps = exponent === 0 ? mantissa : mantissa + 2 ** mantissaBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const magnitude = infinities && exponent === allOnes ? Infinity : steps * 2 ** (Math.max(exponent, 1) - bias - mantissaBits);
  return sign === 0 ? magnitude : -magnitude;
}
