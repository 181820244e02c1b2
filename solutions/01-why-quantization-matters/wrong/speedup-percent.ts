export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** Percent saved. */
export function speedup(fromBits: number, toBits: number): number {
  return 100 * (1 - toBits / fromBits);
}
