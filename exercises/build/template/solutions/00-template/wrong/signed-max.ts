export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'the largest magnitude is 127 steps away from zero'};

/** The largest value instead of the largest magnitude. */
export function stepOf(values: readonly number[]): number {
  return Math.max(...values) / 127 || 1;
}
