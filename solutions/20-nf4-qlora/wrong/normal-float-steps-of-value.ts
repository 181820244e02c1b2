import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** Equal steps between the quantiles' values in place of the probabilities. */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail) * (1 - i / count));
  return [...side(2 ** (bits - 1) - 1).map(value => -value), 0, ...side(2 ** (bits - 1)).reverse()].map(value => value / quantile(tail));
}
