import type {Grid, Scheme} from '../../../exercises/05-symmetric-or-asymmetric/interface.ts';

export * from '../answers.ts';

/** Asymmetric codes from −2^(bits−1), as ONNX and TensorFlow Lite have them: the same grid, every code moved by half of the levels. */
export function chooseQParams(min: number, max: number, scheme: Scheme, bits: number): Grid {
  if (scheme === 'symmetric') {
    const qmax = 2 ** (bits - 1) - 1;
    const absMax = Math.max(Math.abs(min), Math.abs(max));
    return {scale: absMax / qmax || 1, zeroPoint: 0, qmin: -qmax, qmax};
  }
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const qmin = -(2 ** (bits - 1));
  const scale = (high - low) / (2 ** bits - 1) || 1;
  return {scale, zeroPoint: qmin + Math.round(-low / scale), qmin, qmax: qmin + 2 ** bits - 1};
}
