export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** Counts the bytes twice, as memory and as speed. */
export function speedup(fromBits: number, toBits: number): number {
  return (fromBits / toBits) ** 2;
}
