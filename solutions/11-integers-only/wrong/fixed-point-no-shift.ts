import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'toFixedPoint', check: 'it is the number, to nine digits'};

/** Multiplies by 2^31 and leaves the shift 0: small numbers keep a few bits only. */
export function toFixedPoint(real: number): FixedPoint {
  let [fraction, shift] = [real, 0];
  for (; fraction >= 1; shift++) fraction /= 2;
  const multiplier = Math.round(fraction * 2 ** 31);
  return multiplier === 2 ** 31 ? {multiplier: 2 ** 30, shift: shift + 1} : {multiplier, shift};
}
