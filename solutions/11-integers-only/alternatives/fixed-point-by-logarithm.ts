import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

/** The shift from the logarithm, put right where it is off by one. */
export function toFixedPoint(real: number): FixedPoint {
  let shift = Math.floor(Math.log2(real)) + 1;
  if (real * 2 ** -shift >= 1) shift++;
  if (real * 2 ** -shift < 0.5) shift--;
  let multiplier = Math.round(real * 2 ** (31 - shift));
  if (multiplier >= 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  return {multiplier, shift};
}
