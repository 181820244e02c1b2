export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'other widths, too'};

/** Two decimals, as one would print it. */
export function compression(bits: number): number {
  return Number((32 / bits).toFixed(2));
}
