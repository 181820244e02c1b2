export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'up to 32 bits'};

/** Without the sign 31 bits are right, but shifting by 32 shifts by 0. */
export function levels(bits: number): number {
  return (1 << bits) >>> 0;
}
