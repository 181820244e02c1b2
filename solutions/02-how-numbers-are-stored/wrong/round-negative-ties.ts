import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'halfway between two, the even one wins'};

/** Rounds with the sign still on: below zero Math.round sends halves upward, and the remainder of an odd number is −1. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), 1 - bias) - mantissaBits);
  let rounded = Math.round(x / step);
  if (rounded - x / step === 0.5 && rounded % 2 === 1) rounded--;
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** (2 ** exponentBits - 1 - bias - (infinities ? 1 : 0));
  if (Math.abs(rounded * step) > max) return infinities ? Math.sign(x) * Infinity : Number.NaN;
  return rounded * step;
}
