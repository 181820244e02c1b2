export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'from 32 bits to 16, 8, 4 and 2'};

/** The ratio of the levels, not of the sizes. */
export function compression(bits: number): number {
  return 2 ** 32 / 2 ** bits;
}
