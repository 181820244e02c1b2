export * from '../answers.ts';

export const caughtBy = {task: 'speedup', check: 'any width to any other'};

/** Takes the larger for the old width, whatever was asked. */
export function speedup(fromBits: number, toBits: number): number {
  return Math.max(fromBits, toBits) / Math.min(fromBits, toBits);
}
