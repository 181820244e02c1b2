import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8, nearest} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'doubleQuantize', check: 'under 4.13 bits a weight, on real buffers'};

/** Sixteen scales for every 256, to be safe. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const offset = absMax.reduce((sum, value) => sum + value, 0) / absMax.length;
  const centred = absMax.map(value => value - offset);
  const scales = Float32Array.from({length: Math.ceil(absMax.length / 256)}, (_, run) =>
    Math.max(...centred.subarray(256 * run, 256 * run + 256).map(Math.abs)),
  );
  const codes = Uint8Array.from(centred, (value, i) => nearest(dynamic8, value / (scales[i >> 8]! || 1)));
  return {codes, scales: Float32Array.from({length: 16 * scales.length}, (_, i) => scales[i >> 4]!), offset};
}
