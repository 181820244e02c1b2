import {nf4} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'normalFloat', check: 'other widths and tails follow the same rule'};

/** The published constants, whatever is asked for. */
export function normalFloat(bits: number, _tail: number): number[] {
  const step = (nf4.length - 1) / (2 ** bits - 1);
  return Array.from({length: 2 ** bits}, (_, code) => nf4[Math.round(code * step)]!);
}
