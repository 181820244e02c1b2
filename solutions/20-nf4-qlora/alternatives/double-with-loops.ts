import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

/** In loops, run by run. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  let offset = 0;
  for (const value of absMax) offset += value / absMax.length;
  const codes = new Uint8Array(absMax.length);
  const scales: number[] = [];
  for (let from = 0; from < absMax.length; from += 256) {
    const to = Math.min(from + 256, absMax.length);
    let scale = 0;
    for (let i = from; i < to; i++) scale = Math.max(scale, Math.abs(absMax[i]! - offset));
    for (let i = from; i < to; i++) codes[i] = scale === 0 ? 0 : nearest(dynamic8, (absMax[i]! - offset) / scale);
    scales.push(scale);
  }
  return {codes, scales: new Float32Array(scales), offset};
}
