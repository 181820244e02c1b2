import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

/** Rounds the magnitude and puts the sign back: ties go away from zero, as in ARM's rounding shifts. */
export function requantize(sums: Int32Array, {multiplier, shift}: FixedPoint, zeroPoint: number): Int32Array {
  const right = BigInt(31 - shift);
  const codes = new Int32Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    const product = BigInt(Math.abs(sums[i]!)) * BigInt(multiplier);
    const magnitude = Number((product + (1n << (right - 1n))) >> right);
    codes[i] = Math.min(Math.max((sums[i]! < 0 ? -magnitude : magnitude) + zeroPoint, -128), 127);
  }
  return codes;
}
