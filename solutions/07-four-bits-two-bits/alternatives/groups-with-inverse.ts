import type {GroupQuantized} from '../../../exercises/07-four-bits-two-bits/interface.ts';
import {pack} from '../answers.ts';

export * from '../answers.ts';

/** The 16 bits of the float16 number nearest to x, for x ≥ 0. */
function float16Bits(x: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(x)));
  return (exponent + 14) * 1024 + Math.round(x / 2 ** (exponent - 10));
}

/** The number that such bits stand for. */
function float16Value(bits: number): number {
  const exponent = Math.max(1, bits >> 10);
  const fraction = bits - (exponent - 1) * 1024;
  return fraction * 2 ** (exponent - 25);
}

/** Multiplies by the inverse of the stored scale, as fast kernels do, and leaves a group of zeros out altogether: its codes are 0 from the start. */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const scales = new Uint16Array(weights.length / groupSize);
  const codes = new Int8Array(weights.length);
  scales.forEach((_, group) => {
    let absMax = 0;
    for (let i = 0; i < groupSize; i++) absMax = Math.max(absMax, Math.abs(weights[group * groupSize + i]!));
    scales[group] = float16Bits(absMax / qmax);
    if (absMax === 0) return;
    const inverse = Math.fround(1 / float16Value(scales[group]!));
    for (let i = group * groupSize; i < (group + 1) * groupSize; i++) {
      const steps = Math.round(weights[i]! * inverse);
      codes[i] = Math.sign(steps) * Math.min(Math.abs(steps), qmax);
    }
  });
  return {packed: pack(codes, bits), scales};
}
