import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the symmetric grid has zero in its middle and reaches both ends'};

/** Ignores the scheme: a zero point for everything. */
export function chooseQParams(min: number, max: number, _scheme: Scheme, bits: number): Grid {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax: 2 ** bits - 1};
}
