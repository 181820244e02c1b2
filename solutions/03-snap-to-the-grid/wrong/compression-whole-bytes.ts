export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'from 32 bits to 16, 8, 4 and 2'};

/** A whole byte for each code: 4 bits would take as much as 8. */
export function compression(bits: number): number {
  return 4 / Math.ceil(bits / 8);
}
