import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** Exponent and mantissa exchanged: the mantissa stands at the right. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** exponentBits);
  return {sign: Math.floor(above / 2 ** mantissaBits), exponent: bits % 2 ** exponentBits, mantissa: above % 2 ** mantissaBits};
}
