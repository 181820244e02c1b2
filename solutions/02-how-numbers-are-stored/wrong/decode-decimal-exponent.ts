import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';
import {splitFloat} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'decodeFloat', check: 'normal numbers of all five formats'};

/** Powers of ten, as in 1.5e3. */
export function decodeFloat(bits: number, format: FloatFormat): number {
  const {exponentBits, mantissaBits, infinities} = format;
  const fields = splitFloat(bits, format);
  const {exponent, mantissa} = fields;
  const sign = fields.sign === 1 ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const fraction = mantissa / 2 ** mantissaBits;
  if (exponent === 2 ** exponentBits - 1) {
    if (infinities) return mantissa === 0 ? sign * Infinity : Number.NaN;
    if (mantissa === 2 ** mantissaBits - 1) return Number.NaN;
  }
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 10 ** (exponent - bias);
}
