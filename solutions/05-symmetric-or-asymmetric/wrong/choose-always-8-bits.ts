import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the number of bits decides how many codes there are'};

/** The bits are not passed on to the scale: 255 and 127 whatever was asked. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / 127 || 1, zeroPoint: 0, qmin: -127, qmax: 127};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / 255 || 1;
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax: bits > 0 ? 255 : 0};
}
