export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** How much faster, one less than how many times as fast. */
export function speedup(fromBits: number, toBits: number): number {
  return fromBits / toBits - 1;
}
