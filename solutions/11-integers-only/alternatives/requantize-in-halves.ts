import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

/** Without BigInt: high and low half of the multiplier apart, so that every product stays below 2^53. Exact, and much faster. */
export function requantize(sums: Int32Array, {multiplier, shift}: FixedPoint, zeroPoint: number): Int32Array {
  const [high, low] = [Math.floor(multiplier / 65536), multiplier % 65536];
  return sums.map(sum => {
    const upper = sum * high + Math.floor((sum * low) / 65536); // sum · multiplier / 2^16, rounded down
    const code = Math.floor((upper + 2 ** (14 - shift)) / 2 ** (15 - shift)) + zeroPoint;
    return code > 127 ? 127 : code < -128 ? -128 : code;
  });
}
