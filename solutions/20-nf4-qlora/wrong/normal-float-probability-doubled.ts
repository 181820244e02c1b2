import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** Quantiles of the magnitude: 2p − 1 in place of p. */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] =>
    Array.from({length: count}, (_, i) => quantile((1 + (tail + ((0.5 - tail) * i) / count)) / 2) - quantile(0.75));
  const largest = side(1)[0]!;
  return [...side(2 ** (bits - 1) - 1).map(value => -value), 0, ...side(2 ** (bits - 1)).reverse()].map(value => value / largest);
}
