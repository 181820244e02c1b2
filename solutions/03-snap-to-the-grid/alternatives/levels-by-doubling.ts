export * from '../answers.ts';

/** Doubles once for each bit. */
export function levels(bits: number): number {
  let count = 1;
  for (let bit = 0; bit < bits; bit++) count += count;
  return count;
}
