export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'the largest magnitude is 127 steps away from zero'};

/** The mean magnitude. */
export function stepOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length / 127 || 1;
}
