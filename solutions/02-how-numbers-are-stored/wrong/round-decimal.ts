import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'numbers go to their nearest neighbour'};

/** Rounds to decimal digits, as many as the mantissa has in decimal. */
export function roundTo(x: number, {exponentBits, mantissaBits, infinities}: FloatFormat): number {
  if (!Number.isFinite(x)) return x;
  const bias = 2 ** (exponentBits - 1) - 1;
  const max = (2 - 2 ** -mantissaBits * (infinities ? 1 : 2)) * 2 ** (2 ** exponentBits - 1 - bias - (infinities ? 1 : 0));
  const rounded = Number(x.toPrecision(Math.max(1, Math.round((mantissaBits + 1) * Math.log10(2)))));
  if (Math.abs(rounded) > max) return infinities ? Math.sign(x) * Infinity : Number.NaN;
  return rounded;
}
