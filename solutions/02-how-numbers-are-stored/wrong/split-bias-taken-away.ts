import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** Takes the bias away: that is decoding, here the stored field was asked. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** mantissaBits);
  return {
    sign: Math.floor(above / 2 ** exponentBits),
    exponent: (above % 2 ** exponentBits) - (2 ** (exponentBits - 1) - 1),
    mantissa: bits % 2 ** mantissaBits,
  };
}
