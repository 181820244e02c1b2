import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'a constant and only zeros have a grid, too'};

/** Only zeros: the scale is 0. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  const symmetric = scheme === 'symmetric';
  const absMax = Math.max(Math.abs(min), Math.abs(max));
  const qmax = symmetric ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  if (symmetric) return {scale: absMax / qmax, zeroPoint: 0, qmin: -qmax, qmax};
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / qmax;
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax};
}
