import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** Adds the 1 that is not stored to the mantissa. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** mantissaBits);
  return {
    sign: Math.floor(above / 2 ** exponentBits),
    exponent: above % 2 ** exponentBits,
    mantissa: (bits % 2 ** mantissaBits) + 2 ** mantissaBits,
  };
}
