import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'a range on one side of zero is widened to zero'};

/** The range is taken as it comes: zero is not in it, and its code would lie outside of the grid. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const scale = (max - min) / (2 ** bits - 1) || Math.abs(max) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: Math.round(-min / scale), qmin: 0, qmax: 2 ** bits - 1};
}
