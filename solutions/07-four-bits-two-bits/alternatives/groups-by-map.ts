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

/** A function for one group, and a map over the groups; looks for the largest magnitude at both ends. */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const groups = Array.from({length: weights.length / groupSize}, (_, g) => weights.slice(g * groupSize, (g + 1) * groupSize));
  const stored = groups.map(group => float16Bits(Math.max(Math.max(...group), -Math.min(...group)) / qmax || 1));
  const codes = groups.flatMap((group, g) =>
    Array.from(group, w => Math.max(-qmax, Math.min(qmax, Math.round(w / float16Value(stored[g]!))))),
  );
  return {packed: pack(Int8Array.from(codes), bits), scales: Uint16Array.from(stored)};
}
