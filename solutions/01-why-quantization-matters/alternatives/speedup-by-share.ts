export * from '../answers.ts';

/** One over the share of the time that is left. */
export function speedup(fromBits: number, toBits: number): number {
  return 1 / (toBits / fromBits);
}
