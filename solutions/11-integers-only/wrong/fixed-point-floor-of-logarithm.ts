import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'the multiplier is whole and uses its 31 bits'};

/** Rounds the logarithm down: the fraction lies between 1 and 2. */
export function toFixedPoint(real: number): FixedPoint {
  const shift = Math.floor(Math.log2(real));
  return {multiplier: Math.round(real * 2 ** (31 - shift)), shift};
}
