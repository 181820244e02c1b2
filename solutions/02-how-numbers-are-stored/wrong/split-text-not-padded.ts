import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'all zeros and all ones come apart, too'};

/** Cuts a text of binary digits that was not filled up with zeros: small codes lose their first fields. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const text = bits.toString(2);
  const field = (from: number, to: number): number => Number.parseInt(text.slice(from, to), 2);
  return {sign: field(0, 1), exponent: field(1, 1 + exponentBits), mantissa: field(1 + exponentBits, 1 + exponentBits + mantissaBits)};
}
