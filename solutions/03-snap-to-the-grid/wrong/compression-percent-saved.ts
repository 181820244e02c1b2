export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'from 32 bits to 16, 8, 4 and 2'};

/** Percent saved. */
export function compression(bits: number): number {
  return 100 * (1 - bits / 32);
}
