import type {QType} from '../formats/qtype.ts';
import {type Granularity, perTensor, scaleIndex} from './granularity.ts';
import {chooseQParams, type QParams, type Scheme} from './qparams.ts';
import {roundHalfToEven} from '../formats/round.ts';

export interface Quantization {
  readonly qtype: QType;
  readonly scheme: Scheme;
  readonly granularity?: Granularity;
}

/** A quantized tensor on plain arrays: one integer per element, one scale and zero point per slice of the granularity. */
export interface Quantized {
  readonly shape: readonly number[];
  readonly codes: Int32Array;
  readonly qtype: QType;
  readonly granularity: Granularity;
  readonly qparams: readonly QParams[];
}

/** Quantizes values [...shape], row-major: code = clamp(round(x / scale) + zeroPoint, qmin, qmax), parameters chosen from each slice's own minimum and maximum. */
export function quantize(
  values: ArrayLike<number>,
  shape: readonly number[],
  {qtype, scheme, granularity = perTensor}: Quantization,
): Quantized {
  const {count, of} = scaleIndex(shape, granularity);
  const minima = Array.from({length: count}, () => 0);
  const maxima = Array.from({length: count}, () => 0);
  const seen = new Uint8Array(count);
  for (let i = 0; i < values.length; i++) {
    const slice = of(i);
    minima[slice] = seen[slice] ? Math.min(minima[slice]!, values[i]!) : values[i]!;
    maxima[slice] = seen[slice] ? Math.max(maxima[slice]!, values[i]!) : values[i]!;
    seen[slice] = 1;
  }
  const qparams = minima.map((min, slice) => chooseQParams(min, maxima[slice]!, {qtype, scheme}));
  return {shape, codes: Int32Array.from(values, (x, i) => quantizeValue(x, qparams[of(i)]!, qtype)), qtype, granularity, qparams};
}

/**
 * clamp(roundHalfToEven(x · (1 / scale)) + zeroPoint, qmin, qmax), each step in float32, as PyTorch's CPU kernels do: they multiply by the inverse.
 * The smallest subnormal scales have no finite inverse; for them it divides.
 */
export function quantizeValue(x: number, {scale, zeroPoint}: QParams, {qmin, qmax}: Pick<QType, 'qmin' | 'qmax'>): number {
  const inverse = Math.fround(1 / scale);
  const steps = Number.isFinite(inverse) ? Math.fround(Math.fround(x) * inverse) : Math.fround(Math.fround(x) / scale);
  // + 0: a code is never −0.
  return Math.min(Math.max(roundHalfToEven(steps) + zeroPoint, qmin), qmax) + 0;
}

/** x̂ = scale · (code − zeroPoint), in float32. */
export function dequantize({
  shape,
  codes,
  granularity,
  qparams,
}: Pick<Quantized, 'shape' | 'codes' | 'granularity' | 'qparams'>): Float32Array {
  const {of} = scaleIndex(shape, granularity);
  return Float32Array.from(codes, (code, i) => {
    const {scale, zeroPoint} = qparams[of(i)]!;
    return scale * (code - zeroPoint);
  });
}
