export * from '../answers.ts';

/** The times of one model at both widths, one over the other. */
export function speedup(fromBits: number, toBits: number): number {
  const time = (bits: number): number => (7e9 * bits) / 8 / 2e9;
  return time(fromBits) / time(toBits);
}
