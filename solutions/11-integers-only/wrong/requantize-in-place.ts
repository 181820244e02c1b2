import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'requantize', check: 'the sums are left as they were'};

/** Writes the codes into the array of sums. */
export function requantize(sums: Int32Array, {multiplier, shift}: FixedPoint, zeroPoint: number): Int32Array {
  const right = BigInt(31 - shift);
  const half = 1n << (right - 1n);
  sums.forEach((sum, i) => {
    const scaled = Number((BigInt(sum) * BigInt(multiplier) + half) >> right);
    sums[i] = Math.min(127, Math.max(-128, scaled + zeroPoint));
  });
  return sums;
}
