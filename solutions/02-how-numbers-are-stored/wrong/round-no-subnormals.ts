import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'close to zero the steps stop shrinking'};

/** No end to small exponents: keeps digits that the format does not have. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  const magnitude = Math.abs(x);
  if (magnitude === 0 || !(magnitude < Infinity)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = Math.floor(Math.log2(magnitude));
  const step = 2 ** (exponent - mantissaBits);
  const steps = magnitude / step;
  let rounded = Math.round(steps);
  if (rounded - steps === 0.5 && rounded % 2 === 1) rounded--;
  const result = rounded * step;
  const largestExponent = 2 ** exponentBits - 1 - bias - (infinities ? 1 : 0);
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** largestExponent;
  if (result > max) return infinities ? Math.sign(x) * Infinity : Number.NaN;
  return Math.sign(x) * result;
}
