import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'the multiplier is whole and uses its 31 bits'};

/** Uses 32 bits: as a signed int32 the multiplier is negative. */
export function toFixedPoint(real: number): FixedPoint {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 2; shift++) fraction /= 2;
  for (; fraction < 1; shift--) fraction *= 2;
  const multiplier = Math.round(fraction * 2 ** 31);
  return multiplier === 2 ** 32 ? {multiplier: 2 ** 30, shift: shift + 1} : {multiplier, shift};
}
