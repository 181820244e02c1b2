import {type FloatFormat, floatLimits} from './float-format.ts';

/**
 * Float32 numbers rounded to a format of fewer bits, half to even, on their bits: the same numbers as through codes, in a tenth of the time.
 * Normal numbers: half of the last kept bit is added, less one where that bit is 0, and the bits behind are cut off. Below the smallest normal number the
 * steps are all equal: a number is added whose own steps they are, and taken off again.
 */
export function roundFloat32s(values: Float32Array, format: FloatFormat, saturate: boolean): Float32Array<ArrayBuffer> {
  const rounded = new Float32Array(values);
  const {mantissaBits, special} = format;
  const {max, smallestNormal, smallestSubnormal} = floatLimits(format);
  const bits = new Uint32Array(rounded.buffer);
  const [largest, leastNormal] = new Uint32Array(Float32Array.of(max, smallestNormal).buffer) as unknown as [number, number];
  const cut = 23 - mantissaBits;
  const [belowHalf, kept] = [2 ** (cut - 1) - 1, ~(2 ** cut - 1)];
  // From 2^23 steps on, up to twice as many, float32's own steps are of just that size.
  const equalSteps = 2 ** 23 * smallestSubnormal;
  const tooLarge = saturate || special === 'none' ? max : special === 'ieee' ? Infinity : NaN;
  const notANumber = special === 'none' ? -0 : NaN;
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude > 0x7f800000) rounded[i] = notANumber;
    else if (magnitude < leastNormal) {
      const x = rounded[i]!;
      const steps = Math.fround(Math.fround(Math.abs(x) + equalSteps) - equalSteps);
      rounded[i] = bits[i]! >>> 31 ? -steps : steps;
    } else {
      const nearest = (magnitude + belowHalf + ((magnitude >>> cut) & 1)) & kept;
      if (nearest > largest) rounded[i] = bits[i]! >>> 31 ? -tooLarge : tooLarge;
      else bits[i] = (bits[i]! & 0x80000000) | nearest;
    }
  }
  return rounded;
}
