import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'a range on one side of zero is widened to zero'};

/** The zero point is clamped into the codes, but the scale is that of the narrow range: the far end is cut off. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const qmax = 2 ** bits - 1;
  const scale = (max - min) / qmax || Math.abs(max) / qmax || 1;
  return {scale, zeroPoint: Math.min(qmax, Math.max(0, Math.round(-min / scale))), qmin: 0, qmax};
}
