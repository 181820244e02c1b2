import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** The side with one more number is the one below zero. */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail + ((0.5 - tail) * i) / count));
  const above = side(2 ** (bits - 1) - 1).reverse();
  const below = side(2 ** (bits - 1)).map(value => -value);
  return [...below, 0, ...above].map(value => value / quantile(tail));
}
