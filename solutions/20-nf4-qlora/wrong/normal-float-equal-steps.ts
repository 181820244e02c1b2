export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** An even grid around zero: int4 by another name. */
export function normalFloat(bits: number, _tail: number): number[] {
  const half = 2 ** (bits - 1);
  return Array.from({length: 2 ** bits}, (_, code) => (code < half ? (code - half + 1) / (half - 1) : (code - half + 1) / half));
}
