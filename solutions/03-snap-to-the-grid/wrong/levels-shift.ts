export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'up to 32 bits'};

/** Shifts a 32-bit integer: negative at 31 bits, 1 again at 32. */
export function levels(bits: number): number {
  return 1 << bits;
}
