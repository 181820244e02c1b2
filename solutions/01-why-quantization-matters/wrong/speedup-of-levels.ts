export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** The ratio of the levels. */
export function speedup(fromBits: number, toBits: number): number {
  return 2 ** fromBits / 2 ** toBits;
}
