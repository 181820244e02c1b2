import type {FloatFields, FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

/** Shifts and masks; >>> in place of >>, which would take the 32nd bit for a minus sign. */
export function splitFloat(bits: number, {exponentBits, mantissaBits}: FloatFormat): FloatFields {
  return {
    sign: (bits >>> (exponentBits + mantissaBits)) & 1,
    exponent: (bits >>> mantissaBits) & (2 ** exponentBits - 1),
    mantissa: (bits & (2 ** mantissaBits - 1)) >>> 0,
  };
}
