export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** In TypeScript ^ is no power: it compares bits. */
export function levels(bits: number): number {
  return 2 ^ bits;
}
