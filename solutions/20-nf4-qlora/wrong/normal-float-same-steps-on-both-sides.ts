import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** The eight of the upper side mirrored, less the smallest: the seven below have the upper side's steps. */
export function normalFloat(bits: number, tail: number): number[] {
  const side = (count: number): number[] => Array.from({length: count}, (_, i) => quantile(tail + ((0.5 - tail) * i) / count));
  const above = side(2 ** (bits - 1));
  return [...above.slice(0, -1).map(value => -value), 0, ...above.toReversed()].map(value => value / quantile(tail));
}
