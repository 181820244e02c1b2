import type {GroupQuantized} from '../../../exercises/07-four-bits-two-bits/interface.ts';
import {pack} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeGroups', check: 'the codes belong to the scale that is stored'};

/** The 16 bits of the float16 number nearest to x, for x ≥ 0. */
function float16Bits(x: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(x)));
  return (exponent + 14) * 1024 + Math.round(x / 2 ** (exponent - 10));
}

/** Codes made with the float32 scale and decoded with its float16 copy. */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const scales = new Uint16Array(weights.length / groupSize);
  const codes = new Int8Array(weights.length);
  for (let group = 0; group < scales.length; group++) {
    const [from, to] = [group * groupSize, (group + 1) * groupSize];
    const absMax = weights.subarray(from, to).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    scales[group] = float16Bits(absMax / qmax || 1);
    const scale = absMax / qmax || 1;
    for (let i = from; i < to; i++) codes[i] = Math.min(qmax, Math.max(-qmax, Math.round(weights[i]! / scale)));
  }
  return {packed: pack(codes, bits), scales};
}
