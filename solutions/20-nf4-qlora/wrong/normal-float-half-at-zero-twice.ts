import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** Zero on both sides: one of the 16 codes is lost. */
export function normalFloat(bits: number, tail: number): number[] {
  const half = 2 ** (bits - 1);
  const side = Array.from({length: half}, (_, i) => quantile(tail + ((0.5 - tail) * i) / (half - 1)));
  return [...side.map(value => -value), ...side.toReversed()].map(value => value / side[0]!);
}
