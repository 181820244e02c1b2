export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'any width to any other'};

/** Never less than 1. */
export function speedup(fromBits: number, toBits: number): number {
  return Math.max(1, fromBits / toBits);
}
