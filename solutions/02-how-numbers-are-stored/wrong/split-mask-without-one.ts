import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'sign, exponent and mantissa of a float16'};

/** A mask that is a power of two: one bit remains of each field. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  return {
    sign: (bits >>> (exponentBits + mantissaBits)) & 1,
    exponent: (bits >>> mantissaBits) & (2 ** exponentBits),
    mantissa: bits & (2 ** mantissaBits),
  };
}
