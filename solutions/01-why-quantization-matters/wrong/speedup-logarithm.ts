export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** How often the bits were halved. */
export function speedup(fromBits: number, toBits: number): number {
  return Math.log2(fromBits / toBits);
}
