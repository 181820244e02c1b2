import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'powers of two have the multiplier 2^30'};

/** Rounds the logarithm up: at powers of two the multiplier is 2^31. */
export function toFixedPoint(real: number): FixedPoint {
  const shift = Math.ceil(Math.log2(real));
  return {multiplier: Math.round(real * 2 ** (31 - shift)), shift};
}
