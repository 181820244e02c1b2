import type {FixedPoint} from '../../../exercises/11-integers-only/interface.ts';

export * from '../answers.ts';

/** A float64 has its shift in its exponent field, and its leading 31 bits in front of the mantissa. */
export function toFixedPoint(real: number): FixedPoint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, real);
  const bits = view.getBigUint64(0);
  const shift = Number((bits >> 52n) & 2047n) - 1022;
  const mantissa = (bits & ((1n << 52n) - 1n)) | (1n << 52n); // 53 bits
  const multiplier = Number((mantissa + (1n << 21n)) >> 22n); // 31 bits, rounded
  return multiplier === 2 ** 31 ? {multiplier: 2 ** 30, shift: shift + 1} : {multiplier, shift};
}
