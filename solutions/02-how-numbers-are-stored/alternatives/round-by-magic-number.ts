import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

/** Lets the hardware round: a number added that is so large that only multiples of the step fit beside it, then taken away again. Float64 rounds half to even. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  const size = Math.abs(x);
  if (!(size > 0 && size < Infinity)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  let exponent = 1 - bias;
  while (2 ** (exponent + 1) <= size) exponent++;
  const magic = 2 ** (exponent - mantissaBits + 52);
  const rounded = size + magic - magic;
  const limit = 2 ** (2 ** exponentBits - 1 - bias + (infinities ? 0 : 1));
  const tooLarge = rounded >= limit - (infinities ? 0 : limit / 2 ** (mantissaBits + 1));
  if (!tooLarge) return x < 0 ? -rounded : rounded;
  return infinities ? (x < 0 ? -Infinity : Infinity) : Number.NaN;
}
