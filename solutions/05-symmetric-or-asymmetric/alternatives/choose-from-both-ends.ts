import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** Counts the zero point from the end that is nearer to zero, as gemmlowp does: its rounding error is the smaller one. Symmetric is the asymmetric formula for −absMax … absMax, without the lowest code. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  const symmetric = scheme === 'symmetric';
  const absMax = Math.max(-min, max);
  const low = symmetric ? -absMax : Math.min(0, min);
  const high = symmetric ? absMax : Math.max(0, max);
  const qmax = symmetric ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const qmin = symmetric ? -qmax : 0;
  let scale = (high - low) / (qmax - qmin);
  if (scale === 0) scale = 1;
  const fromLow = qmin - low / scale;
  const fromHigh = qmax - high / scale;
  return {scale, zeroPoint: Math.round(-low < high ? fromLow : fromHigh) + 0, qmin, qmax};
}
