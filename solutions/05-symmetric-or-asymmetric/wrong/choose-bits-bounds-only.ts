import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the number of bits decides how many codes there are'};

/** The bits reach the bounds of the codes but not the scale: most of the range is clamped away. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / 127 || 1, zeroPoint: 0, qmin: -(2 ** (bits - 1) - 1), qmax: 2 ** (bits - 1) - 1};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / 255 || 1;
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax: 2 ** bits - 1};
}
