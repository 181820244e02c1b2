import type {Draw} from '../../data/draw.ts';
import {decodeFloat} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';

/** Whole numbers from `low` to `high`, both included. */
export function codesBetween(draw: Draw, length: number, low: number, high: number): Int8Array {
  return Int8Array.from({length}, () => draw.integer(low, high));
}

/** The lowest and the highest code of two's complement. */
export function ends(bits: number): readonly [low: number, high: number] {
  return [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

export interface GroupCase {
  readonly bits: number;
  readonly groupSize: number;
  readonly weights: Float32Array;
  /** As float16 bits, one a group. */
  readonly scaleBits: readonly number[];
  readonly codes: Int8Array;
}

/** How far inside a step weights lie, by its index in the group: `usual` far from ties, `betweenScales` where the float32 scale and its float16 copy disagree. */
type Place = 'usual' | 'betweenScales';

/**
 * Weights made from their answer: a float16 scale for each group, codes, and values that round to these codes at that scale.
 * The largest magnitude over qmax is off the float16 number by 0.5 to 0.8 of half its last place: no rounding disputes the scale, and its float32
 * form is another number. Groups differ in size by much: a shared scale fits none of them.
 */
export function groupCase(
  draw: Draw,
  {bits, groupSize, groups, place}: {bits: number; groupSize: number; groups: number; place: Place},
): GroupCase {
  const qmax = 2 ** (bits - 1) - 1;
  const weights = new Float32Array(groups * groupSize);
  const codes = new Int8Array(weights.length);
  const scaleBits: number[] = [];
  for (let group = 0; group < groups; group++) {
    // Exponents from 2^-9 to 2^2, any mantissa.
    const code = draw.integer(6, 17) * 1024 + draw.integer(0, 1023);
    scaleBits.push(code);
    const scale = decodeFloat(code, float16);
    const off = draw.pick([-1, 1]) * draw.uniform(0.5, 0.8) * 2 ** -12;
    // At the ends of the first two groups: who leaves out a group's first or last weight is seen on every seed.
    const largest = [0, groupSize - 1][group] ?? draw.integer(0, groupSize - 1);
    for (let i = 0; i < groupSize; i++) {
      const at = group * groupSize + i;
      const sign = draw.pick([-1, 1]);
      if (i === largest) {
        codes[at] = sign * qmax;
        weights[at] = sign * qmax * scale * (1 + off);
      } else if (place === 'betweenScales') {
        // |w| = (k + ½) · the middle of the two scales: k + 1 steps of the smaller scale, k of the larger.
        const k = qmax - 1;
        weights[at] = sign * (k + 0.5) * scale * (1 + off / 2);
        codes[at] = sign * (off > 0 ? k + 1 : k);
      } else {
        const step = draw.integer(0, qmax) * sign;
        const inside = draw.uniform(-0.4, 0.4);
        // Not beyond the largest magnitude, which would then be another.
        const shift = Math.abs(step) === qmax ? -Math.sign(step) * Math.abs(inside) : inside;
        weights[at] = (step + shift) * scale;
        codes[at] = step;
      }
    }
  }
  return {bits, groupSize, weights, scaleBits, codes};
}
