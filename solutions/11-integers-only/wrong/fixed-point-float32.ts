import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'it is the number, to nine digits'};

/** Rounds to float32 on the way. */
export function toFixedPoint(real: number): FixedPoint {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  for (; fraction < 0.5; shift--) fraction *= 2;
  const multiplier = Math.round(Math.fround(fraction) * 2 ** 31);
  return multiplier === 2 ** 31 ? {multiplier: 2 ** 30, shift: shift + 1} : {multiplier, shift};
}
