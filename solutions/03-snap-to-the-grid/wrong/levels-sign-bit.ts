export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** Keeps a bit for a sign, but the codes have none here. */
export function levels(bits: number): number {
  return 2 ** (bits - 1);
}
