export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'from many bits to few'};

/** The bits saved. */
export function speedup(fromBits: number, toBits: number): number {
  return fromBits - toBits;
}
