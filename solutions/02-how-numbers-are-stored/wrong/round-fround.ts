import type {FloatFormat} from '../../../exercises/02-how-numbers-are-stored/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'roundTo', check: 'numbers go to their nearest neighbour'};

/** Math.fround for every format: right for float32 only. */
export function roundTo(x: number, _format: FloatFormat): number {
  return Math.fround(x);
}
