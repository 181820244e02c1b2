import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'numbers go to their nearest neighbour'};

/** Rounds away from zero. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  const magnitude = Math.abs(x);
  if (magnitude === 0 || !(magnitude < Infinity)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - bias);
  const step = 2 ** (exponent - mantissaBits);
  const steps = magnitude / step;
  const rounded = Math.ceil(steps);
  const result = rounded * step;
  const largestExponent = 2 ** exponentBits - 1 - bias - (infinities ? 1 : 0);
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** largestExponent;
  if (result > max) return infinities ? Math.sign(x) * Infinity : Number.NaN;
  return Math.sign(x) * result;
}
