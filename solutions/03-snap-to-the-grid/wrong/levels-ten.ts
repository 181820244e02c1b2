export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** Counts decimal digits. */
export function levels(bits: number): number {
  return 10 ** bits;
}
