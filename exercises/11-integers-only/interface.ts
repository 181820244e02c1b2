import type {Tensor, Tensor2D, Tensor3D, Tensor4D} from '@tensorflow/tfjs-core';

/** A positive real number for integer hardware: real ≈ multiplier / 2^31 · 2^shift. */
export interface FixedPoint {
  /** A whole number, 2^30 ≤ multiplier < 2^31. */
  readonly multiplier: number;
  /** A whole number; negative for small reals. */
  readonly shift: number;
}

/** The grids of a layer, and its bias. A value is scale · (code − zero point); weights have no zero point. */
export interface LayerGrids {
  readonly inputScale: number;
  readonly inputZeroPoint: number;
  /** One for each output channel. */
  readonly weightScales: readonly number[];
  /** As float values, one for each output channel. */
  readonly bias: readonly number[];
  readonly outputScale: number;
  readonly outputZeroPoint: number;
}

/** What an integer layer computes. */
export interface IntegerOutput {
  /** int32, in units of input scale · weight scale: products, zero-point correction and bias. */
  readonly sums: Tensor;
  /** int32 tensor of int8 codes on the output's grid, −128 to 127. */
  readonly codes: Tensor;
}

export type ToFixedPoint = (real: number) => FixedPoint;
/** sums (one channel) → int8 codes, each clamp(round(sum · real) + zeroPoint) */
export type Requantize = (sums: Int32Array, factor: FixedPoint, zeroPoint: number) => Int32Array;
/** x [rows, inputs] int8 codes, weights [inputs, outputs] int8 codes → [rows, outputs] */
export type QuantizedLinear = (x: Tensor2D, weights: Tensor2D, grids: LayerGrids) => IntegerOutput;
/** x [height, width, channels] codes, kernel [height, width, channels, filters] codes, padding `same` → [height′, width′, filters] */
export type QuantizedConv = (x: Tensor3D, kernel: Tensor4D, stride: number, grids: LayerGrids) => IntegerOutput;
