import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

/** As a text of zeros and ones, cut into three pieces. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const text = bits.toString(2).padStart(1 + exponentBits + mantissaBits, '0');
  const field = (from: number, to: number): number => Number.parseInt(text.slice(from, to), 2);
  return {sign: field(0, 1), exponent: field(1, 1 + exponentBits), mantissa: field(1 + exponentBits, text.length)};
}
