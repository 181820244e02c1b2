import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the zero point is the code of zero, a whole number'};

/** Takes min itself, a value, for the zero point, which is a code. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: Math.round(-low), qmin: 0, qmax: 2 ** bits - 1};
}
