import type {QParams} from '../../affine/qparams.ts';
import type {QType} from '../../formats/qtype.ts';
import {quantizeValue} from '../../affine/quantize.ts';

/** Where an activation's codes lie: x = scale · (code − zeroPoint). */
export interface ActivationGrid extends QParams {
  readonly qtype: QType;
}

/** What flows between steps: integer codes on a grid, or, without one, float values. */
export interface Activation {
  /** [batch, …] */
  readonly shape: readonly number[];
  readonly data: Int32Array | Float32Array;
  readonly grid: ActivationGrid | undefined;
}

/** Float values snapped to codes. */
export function toCodes({shape, data}: Activation, grid: ActivationGrid): Activation {
  return {shape, data: Int32Array.from(data, x => quantizeValue(x, grid, grid.qtype)), grid};
}

/** Codes as the float32 values that they stand for; float values as they are. */
export function toFloat(x: Activation): Activation {
  const {shape, data, grid} = x;
  return grid ? {shape, data: Float32Array.from(data, code => grid.scale * (code - grid.zeroPoint)), grid: undefined} : x;
}

/** Codes less their zero point. @throws Error at float values, which no integer step takes */
export function levels({data, grid}: Activation): Int32Array {
  if (!grid) throw new Error('Expected codes, got float values; this is a fault of the integer model');
  const {zeroPoint} = grid;
  const result = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i]! - zeroPoint;
  return result;
}
