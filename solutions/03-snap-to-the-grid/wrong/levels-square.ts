export * from '../answers.ts';

export const caughtBy = {task: 'levels', check: 'each bit doubles the number of levels'};

/** The square of the bits: base and exponent are exchanged. */
export function levels(bits: number): number {
  return bits ** 2;
}
