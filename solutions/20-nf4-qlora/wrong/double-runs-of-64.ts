import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'doubleQuantize', check: 'under 4.13 bits a weight, on real buffers'};

/** Runs of 64: four times as many scales. (Still small: so the codes are stored as numbers of four bytes, as well.) */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value, 0) / absMax.length;
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 64)}, (_, run) =>
    Math.max(...centred.subarray(64 * run, 64 * run + 64).map(Math.abs)),
  );
  const codes = Int32Array.from(centred, (value, i) => nearest(dynamic8, value / (scales[Math.floor(i / 64)]! || 1)));
  return {codes: codes as unknown as Uint8Array, scales, offset};
}
