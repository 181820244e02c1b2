export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'from 32 bits to 16, 8, 4 and 2'};

/** A number of JavaScript has 64 bits, a float32 has 32. */
export function compression(bits: number): number {
  return 64 / bits;
}
