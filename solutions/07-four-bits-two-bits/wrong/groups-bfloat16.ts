import type {GroupQuantized} from '../../../exercises/07-four-bits-two-bits/interface.ts';
import {pack} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeGroups', check: 'each group has its own scale, as float16'};

/** Cuts the lower half of a float32 off: that is bfloat16, which reads as another number in float16. */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const scales = new Uint16Array(weights.length / groupSize);
  const codes = new Int8Array(weights.length);
  for (let group = 0; group < scales.length; group++) {
    const [from, to] = [group * groupSize, (group + 1) * groupSize];
    const absMax = weights.subarray(from, to).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    scales[group] = new Uint32Array(new Float32Array([absMax / qmax || 1]).buffer)[0]! >>> 16;
    const scale = absMax / qmax || 1;
    for (let i = from; i < to; i++) codes[i] = Math.min(qmax, Math.max(-qmax, Math.round(weights[i]! / scale)));
  }
  return {packed: pack(codes, bits), scales};
}
