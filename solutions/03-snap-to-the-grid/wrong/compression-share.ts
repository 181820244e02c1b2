export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'from 32 bits to 16, 8, 4 and 2'};

/** What is left, not how many times smaller. */
export function compression(bits: number): number {
  return bits / 32;
}
