import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'the widths are those of the format'};

/** Guesses the widths from the size: bfloat16 is taken for float16, e5m2 for e4m3. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const width = 1 + exponentBits + mantissaBits;
  const stored = width === 32 ? 23 : width === 16 ? 10 : 3;
  const above = Math.floor(bits / 2 ** stored);
  return {sign: Math.floor(bits / 2 ** (width - 1)), exponent: above % 2 ** (width - 1 - stored), mantissa: bits % 2 ** stored};
}
