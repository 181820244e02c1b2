import {quantile} from '../answers.ts';

export * from '../answers.ts';

/** Below zero with the quantiles of probabilities under a half: the bell is symmetric. */
export function normalFloat(bits: number, tail: number): number[] {
  const half = 2 ** (bits - 1);
  const below = Array.from({length: half - 1}, (_, i) => quantile(1 - tail + ((tail - 0.5) * i) / (half - 1)));
  const above = Array.from({length: half}, (_, i) => quantile(0.5 + ((tail - 0.5) * (i + 1)) / half));
  return [...below, 0, ...above].map(value => value / quantile(tail));
}
