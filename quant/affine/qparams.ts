import {roundFloat} from '../formats/float-codes.ts';
import {type FloatFormat, floatLimits} from '../formats/float-format.ts';
import type {QType} from '../formats/qtype.ts';
import {roundHalfToEven} from '../formats/round.ts';

/**
 * How a range becomes a grid.
 * `symmetric`: −absMax … absMax on −qmax … qmax, zero point 0.
 * `symmetricFull`: −absMax … absMax on all codes, as torch.ao's symmetric observers: the zero point is 0, of unsigned types the middle code.
 * `asymmetric`: min … max, widened to hold 0, on all codes.
 */
export type Scheme = 'symmetric' | 'symmetricFull' | 'asymmetric';

/** x ≈ scale · (code − zeroPoint); `scale` is a float32 number. */
export interface QParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What a grid is chosen for: a type and a scheme. */
export interface QParamsChoice {
  readonly qtype: QType;
  readonly scheme: Scheme;
  /** The least scale that is chosen; torch.ao's observers take float32's epsilon, 2^−23. Without one a scale of 0 becomes 1. */
  readonly minScale?: number;
  /** What the scale is stored in, if not in float32: it is rounded to that before anything is computed with it. */
  readonly scaleFormat?: FloatFormat;
}

/**
 * Scale and zero point for values between `min` and `max`, in float32.
 * Symmetric: scale = absMax / qmax; full: absMax / ((qmax − qmin) / 2).
 * Asymmetric: scale = (max − min) / (qmax − qmin) with 0 inside the range, zeroPoint = round(qmin − min / scale): zero is represented exactly.
 * @throws RangeError where min > max or one is not finite in float32, at a scheme that is none, where minScale is below 0, symmetric is asked of an
 * unsigned type, or scaleFormat cannot hold the scale
 * @see Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, section 2.1
 */
export function chooseQParams(min: number, max: number, {qtype, scheme, minScale = 0, scaleFormat}: QParamsChoice): QParams {
  if (!Number.isFinite(Math.fround(min)) || !Number.isFinite(Math.fround(max)) || min > max)
    throw new RangeError(`Expected finite min ≤ max that float32 can hold, got ${min} and ${max}; scale or clip the values first`);
  if (!(minScale >= 0 && Number.isFinite(minScale))) throw new RangeError(`Expected a least scale from 0 on, got ${minScale}`);
  const {qmin, qmax, signed, name} = qtype;
  const absMax = Math.fround(Math.max(Math.abs(min), Math.abs(max)));
  if (scheme === 'symmetric') {
    if (!signed)
      throw new RangeError(
        `Expected a signed type for the symmetric scheme, got ${name}; choose asymmetric, symmetricFull or a signed type`,
      );
    return {scale: stored(usable(Math.fround(absMax / qmax), minScale), scaleFormat), zeroPoint: 0};
  }
  if (scheme === 'symmetricFull')
    return {
      scale: stored(usable(Math.fround(absMax / ((qmax - qmin) / 2)), minScale), scaleFormat),
      zeroPoint: signed ? 0 : Math.ceil((qmin + qmax) / 2),
    };
  // From JavaScript: a misspelt scheme would make another grid than was meant.
  if (scheme !== 'asymmetric') throw new RangeError(`Expected a scheme of symmetric, symmetricFull or asymmetric, got ${String(scheme)}`);
  const low = Math.fround(Math.min(min, 0));
  const high = Math.fround(Math.max(max, 0));
  const range = Math.fround(high - low);
  // Two finite ends may be further apart than float32 reaches.
  const scale = stored(usable(Math.fround((Number.isFinite(range) ? range : high - low) / (qmax - qmin)), minScale), scaleFormat);
  const zeroPoint = qmin - roundHalfToEven(Math.fround(low / scale));
  return {scale, zeroPoint: Math.min(Math.max(zeroPoint, qmin), qmax) + 0};
}

/** A scale of 0 would turn 0 / 0 into NaN; where every value is 0, any other scale is as good. */
function usable(scale: number, minScale: number): number {
  return Math.max(scale, Math.fround(minScale)) || 1;
}

function stored(scale: number, format: FloatFormat | undefined): number {
  if (!format) return scale;
  const rounded = Math.max(roundFloat(scale, format), floatLimits(format).smallestSubnormal);
  if (rounded < Infinity) return rounded;
  throw new RangeError(
    `Expected a scale that ${format.name} can hold, at most ${floatLimits(format).max}, got ${scale}; the values are too large`,
  );
}
