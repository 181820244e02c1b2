export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** Always against float32. */
export function speedup(fromBits: number, toBits: number): number {
  return fromBits > 0 ? 32 / toBits : 0;
}
