export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'a list of zeros has a positive step'};

/** Nothing done about zeros. */
export function stepOf(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs)) / 127;
}
