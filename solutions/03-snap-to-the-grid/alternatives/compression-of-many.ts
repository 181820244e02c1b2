export * from '../answers.ts';

/** The sizes of a million values, one over the other. */
export function compression(bits: number): number {
  const values = 1_000_000;
  return (values * 32) / (values * bits);
}
