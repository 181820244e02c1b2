import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'doubleQuantize', check: 'the offset is the mean'};

/** The least in place of the mean, as an unsigned format would have it. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = Math.min(...absMax);
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 256)}, (_, run) =>
    Math.max(...centred.subarray(256 * run, 256 * run + 256).map(Math.abs)),
  );
  const codes = Uint8Array.from(centred, (value, i) => nearest(dynamic8, value / (scales[i >> 8]! || 1)));
  return {codes, scales, offset};
}
