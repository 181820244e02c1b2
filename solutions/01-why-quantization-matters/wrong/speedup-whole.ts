export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'any width to any other'};

/** Rounded. */
export function speedup(fromBits: number, toBits: number): number {
  return Math.round(fromBits / toBits) || 1;
}
