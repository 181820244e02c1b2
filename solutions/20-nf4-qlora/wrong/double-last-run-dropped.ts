import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'doubleQuantize', check: 'each 256 have their largest distance from the mean'};

/** The last, shorter run takes the scale of the run before it. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value, 0) / absMax.length;
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 256)}, (_, run) =>
    Math.max(
      ...centred
        .subarray(
          256 * Math.min(run, Math.max(0, Math.floor(absMax.length / 256) - 1)),
          256 * Math.min(run, Math.max(0, Math.floor(absMax.length / 256) - 1)) + 256,
        )
        .map(Math.abs),
    ),
  );
  const codes = Uint8Array.from(centred, (value, i) => nearest(dynamic8, value / (scales[i >> 8]! || 1)));
  return {codes, scales, offset};
}
