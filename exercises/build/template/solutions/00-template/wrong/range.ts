export * from '../answers.ts';

export const caughtBy = {task: 'stepOf', check: 'the largest magnitude is 127 steps away from zero'};

/** The whole range over 255 steps: the grid of another scheme. */
export function stepOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 255 || 1;
}
