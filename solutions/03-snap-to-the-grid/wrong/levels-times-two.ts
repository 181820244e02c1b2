export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** Two levels for each bit, as if bits were added and not combined. */
export function levels(bits: number): number {
  return 2 * bits;
}
