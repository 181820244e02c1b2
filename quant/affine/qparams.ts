import {roundHalfToEven} from '../formats/round.ts';
import type {QType} from '../formats/qtype.ts';

/** `symmetric`: zero point 0, −absMax … absMax. `asymmetric`: min … max, widened to hold 0. */
export type Scheme = 'symmetric' | 'asymmetric';

/** x ≈ scale · (code − zeroPoint); `scale` is a float32 number. */
export interface QParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Scale and zero point for values between `min` and `max`.
 * Symmetric: scale = max(|min|, |max|) / qmax, so that −qmax … qmax are used and qmin is not.
 * Asymmetric: scale = (max − min) / (qmax − qmin) with 0 inside the range, zeroPoint = round(qmin − min / scale): zero is represented exactly.
 * Where all values are zero the scale is 1. In float32.
 * @throws RangeError where min > max or one is not finite, or symmetric is asked of an unsigned type
 * @see Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, section 2.1
 */
export function chooseQParams(min: number, max: number, {qtype, scheme}: {readonly qtype: QType; readonly scheme: Scheme}): QParams {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) throw new RangeError(`Expected finite min ≤ max, got ${min} and ${max}`);
  if (scheme === 'symmetric') {
    if (!qtype.signed)
      throw new RangeError(`Expected a signed type for the symmetric scheme, got ${qtype.name}; choose asymmetric or a signed type`);
    return {scale: usable(Math.fround(Math.fround(Math.max(Math.abs(min), Math.abs(max))) / qtype.qmax)), zeroPoint: 0};
  }
  const low = Math.fround(Math.min(min, 0));
  const high = Math.fround(Math.max(max, 0));
  const steps = qtype.qmax - qtype.qmin;
  const range = Math.fround(high - low);
  // Two finite ends may be further apart than float32 reaches.
  const scale = usable(Math.fround((Number.isFinite(range) ? range : high - low) / steps));
  const zeroPoint = qtype.qmin - roundHalfToEven(Math.fround(low / scale));
  return {scale, zeroPoint: Math.min(Math.max(zeroPoint, qtype.qmin), qtype.qmax) + 0};
}

/** A scale of 0 would turn 0 / 0 into NaN; where every value is 0, any other scale is as good. */
function usable(scale: number): number {
  return scale === 0 ? 1 : scale;
}
