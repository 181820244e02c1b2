export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'the largest magnitude is 127 steps away from zero'};

/** Steps per unit instead of units per step. */
export function stepOf(values: readonly number[]): number {
  return 127 / (Math.max(...values.map(Math.abs)) || 1);
}
