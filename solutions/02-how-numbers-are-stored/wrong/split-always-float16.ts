import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'the widths are those of the format'};

/** The widths of float16, whatever the format is. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const width = 1 + exponentBits + mantissaBits;
  return {sign: Math.floor(bits / 2 ** (width - 1)), exponent: Math.floor(bits / 2 ** 10) % 32, mantissa: bits % 2 ** 10};
}
