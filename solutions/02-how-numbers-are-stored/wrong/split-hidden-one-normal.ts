import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'all zeros and all ones come apart, too'};

/** Adds the 1 that is not stored, where the exponent is not 0. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  const above = Math.floor(bits / 2 ** mantissaBits);
  return {
    sign: Math.floor(above / 2 ** exponentBits),
    exponent: above % 2 ** exponentBits,
    mantissa: (bits % 2 ** mantissaBits) + (above % 2 ** exponentBits === 0 ? 0 : 2 ** mantissaBits),
  };
}
