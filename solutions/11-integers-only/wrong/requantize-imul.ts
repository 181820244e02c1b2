import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'requantize', check: 'large sums do not overflow'};

/** The upper half of a 32-bit product, with the multiplier cut to 15 bits and the product to 32: fine for small sums only. */
export function requantize(sums: Int32Array, {multiplier, shift}: FixedPoint, zeroPoint: number): Int32Array {
  const real = (multiplier / 2 ** 31) * 2 ** shift;
  return sums.map(sum => {
    const halved = Math.abs(sum) < 2 ** 24 ? Math.round(sum * real) : Math.imul(sum, multiplier) >> (31 - shift > 31 ? 31 : 31 - shift);
    return Math.min(127, Math.max(-128, halved + zeroPoint));
  });
}
