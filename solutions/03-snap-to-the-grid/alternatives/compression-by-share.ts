export * from '../answers.ts';

/** One over the share that is left. */
export function compression(bits: number): number {
  const share = bits / 32;
  return 1 / share;
}
