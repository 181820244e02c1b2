import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'splitFloat', check: 'the sign of a float32 does not spoil the rest'};

/** >> takes the 32nd bit for a minus sign: the sign of a negative float32 is −1. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  return {
    sign: bits >> (exponentBits + mantissaBits),
    exponent: (bits >> mantissaBits) & (2 ** exponentBits - 1),
    mantissa: bits & (2 ** mantissaBits - 1),
  };
}
