import type {GroupQuantized} from '../../../exercises/07-four-bits-two-bits/interface.ts';
import {pack} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeGroups', check: 'codes are the nearest grid points of their group'};

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

/** Floor goes down, not to the nearest. */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const scales = new Uint16Array(weights.length / groupSize);
  const codes = new Int8Array(weights.length);
  for (let group = 0; group < scales.length; group++) {
    const [from, to] = [group * groupSize, (group + 1) * groupSize];
    const absMax = weights.subarray(from, to).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    scales[group] = float16Bits(absMax / qmax || 1);
    const scale = float16Value(scales[group]!);
    for (let i = from; i < to; i++) codes[i] = Math.min(qmax, Math.max(-qmax, Math.floor(weights[i]! / scale)));
  }
  return {packed: pack(codes, bits), scales};
}
