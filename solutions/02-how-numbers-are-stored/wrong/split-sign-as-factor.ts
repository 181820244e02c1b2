import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** The sign as a factor, 1 or −1, not as the bit that is stored. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** mantissaBits);
  return {
    sign: Math.floor(above / 2 ** exponentBits) === 1 ? -1 : 1,
    exponent: above % 2 ** exponentBits,
    mantissa: bits % 2 ** mantissaBits,
  };
}
