export * from '../answers.ts';

export const caughtBy = {task: 'compression', check: 'other widths, too'};

/** How many whole codes fit into 32 bits: a gap is left. */
export function compression(bits: number): number {
  return Math.floor(32 / bits);
}
