import {quantile} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'four bits give the published numbers'};

/** The formula printed in the paper's section 3: the middle of neighbouring quantiles, zero put in the place of the nearest. It is not what was released. */
export function normalFloat(bits: number, _tail: number): number[] {
  const slices = 2 ** bits + 1;
  const numbers = Array.from({length: 2 ** bits}, (_, i) => (quantile(Math.max(i, 0.5) / slices) + quantile((i + 1) / slices)) / 2);
  const largest = Math.max(...numbers.map(Math.abs));
  const scaled = numbers.map(value => value / largest);
  scaled[2 ** (bits - 1) - 1] = 0;
  return scaled;
}
