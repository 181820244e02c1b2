export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** New over old: a share, no speedup. */
export function speedup(fromBits: number, toBits: number): number {
  return toBits / fromBits;
}
