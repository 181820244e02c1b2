import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'other widths and tails follow the same rule'};

/** NF4's tail for every tail. */
export function normalFloat(bits: number, _tail: number): number[] {
  const tail = 0.9677083;
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail + ((0.5 - tail) * i) / count));
  return [...side(2 ** (bits - 1) - 1).map(value => -value), 0, ...side(2 ** (bits - 1)).reverse()].map(value => value / quantile(tail));
}
