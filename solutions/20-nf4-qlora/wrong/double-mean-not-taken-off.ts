import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'doubleQuantize', check: 'codes are places of the nearest number in the table'};

/** Stores the mean, takes the scale with it, and codes the absMax themselves. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value, 0) / absMax.length;
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 256)}, (_, run) =>
    Math.max(...centred.subarray(256 * run, 256 * run + 256).map(Math.abs)),
  );
  const codes = Uint8Array.from(centred, (value, i) => nearest(dynamic8, (value + offset) / (scales[i >> 8]! || 1)));
  return {codes, scales, offset};
}
