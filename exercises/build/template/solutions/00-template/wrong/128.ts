export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'the largest magnitude is 127 steps away from zero'};

/** 128 steps: the largest value would need a code that does not exist. */
export function stepOf(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs)) / 128 || 1;
}
