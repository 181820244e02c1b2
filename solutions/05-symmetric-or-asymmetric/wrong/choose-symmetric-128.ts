import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'chooseQParams', check: 'the symmetric grid has zero in its middle and reaches both ends'};

/** 128 for 127: the largest positive value has no code. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const half = 2 ** (bits - 1);
    return {scale: Math.max(-min, max, 0) / half || 1, zeroPoint: 0, qmin: -half, qmax: half - 1};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = (high - low) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: Math.round(-low / scale), qmin: 0, qmax: 2 ** bits - 1};
}
