import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8} from '../answers.ts';

export * from '../answers.ts';

/** By bisection in the sorted table, and the nearer of two neighbours. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value) / absMax.length;
  const runs = Math.ceil(absMax.length / 256);
  const scales = new Float32Array(runs);
  absMax.forEach((value, i) => (scales[i >> 8] = Math.max(scales[i >> 8]!, Math.abs(value - offset))));
  const codes = new Uint8Array(absMax.length);
  absMax.forEach((value, i) => {
    const x = (value - offset) / Math.max(scales[i >> 8]!, 1e-30);
    let [low, high] = [0, 255];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (dynamic8[middle]! <= x) low = middle;
      else high = middle;
    }
    codes[i] = x - dynamic8[low]! <= dynamic8[high]! - x ? low : high;
  });
  return {codes, scales, offset};
}
