import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** Leaves the sign in the exponent. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** mantissaBits);
  return {sign: Math.floor(above / 2 ** exponentBits), exponent: above, mantissa: bits % 2 ** mantissaBits};
}
