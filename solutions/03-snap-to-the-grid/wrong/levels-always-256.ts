export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** What 8 bits have, whatever is asked. */
export function levels(bits: number): number {
  return bits > 0 ? 256 : 1;
}
