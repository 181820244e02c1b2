import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the asymmetric steps cover the range from min to max'};

/** Symmetric where a zero point was asked: correct numbers, but half of the grid is empty behind a ReLU. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  const qmax = scheme === 'symmetric' ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const absMax = Math.max(Math.abs(min), Math.abs(max));
  const middle = scheme === 'symmetric' ? 0 : 2 ** (bits - 1);
  return {scale: absMax / (2 ** (bits - 1) - 1) || 1, zeroPoint: middle, qmin: scheme === 'symmetric' ? -qmax : 0, qmax};
}
