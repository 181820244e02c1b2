import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'zero is one of the numbers, −1 and 1 are the ends'};

/** The quantiles themselves: the ends are beyond 1. */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail + ((0.5 - tail) * i) / count));
  return [...side(2 ** (bits - 1) - 1).map(value => -value), 0, ...side(2 ** (bits - 1)).reverse()];
}
