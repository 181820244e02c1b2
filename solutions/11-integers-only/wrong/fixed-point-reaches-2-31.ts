import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'the multiplier is whole and uses its 31 bits'};

/** Forgets that rounding can reach 2^31, which an int32 cannot hold. */
export function toFixedPoint(real: number): FixedPoint {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  for (; fraction < 0.5; shift--) fraction *= 2;
  const multiplier = Math.round(fraction * 2 ** 31);
  return {multiplier, shift};
}
