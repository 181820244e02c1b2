import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the asymmetric steps cover the range from min to max'};

/** Takes min for 0, which is right behind a ReLU only. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const scale = Math.max(max, 0) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: Math.max(0, Math.round(-min / scale)), qmin: 0, qmax: 2 ** bits - 1};
}
