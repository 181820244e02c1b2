import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'zero is one of the numbers, −1 and 1 are the ends'};

/** Slices of equal area, as many on each side: none of the numbers is zero. */
export function normalFloat(bits: number, tail: number): number[] {
  const count = 2 ** bits;
  const numbers = Array.from({length: count}, (_, i) => quantile(1 - tail + ((2 * tail - 1) * i) / (count - 1)));
  return numbers.map(value => value / numbers.at(-1)!);
}
