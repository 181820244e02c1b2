import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'too large becomes infinite, and bfloat16 still holds it'};

/** Stays at the largest number, as integers do: a format with infinities goes to Infinity. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  const magnitude = Math.abs(x);
  if (magnitude === 0 || !(magnitude < Infinity)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - bias);
  const step = 2 ** (exponent - mantissaBits);
  const steps = magnitude / step;
  let rounded = Math.round(steps);
  if (rounded - steps === 0.5 && rounded % 2 === 1) rounded--;
  const result = rounded * step;
  const largestExponent = 2 ** exponentBits - 1 - bias - (infinities ? 1 : 0);
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** largestExponent;
  if (result > max) return Math.sign(x) * max;
  return Math.sign(x) * result;
}
