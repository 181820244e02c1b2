import type {Tensor, Tensor2D} from '@tensorflow/tfjs-core';

/** A tensor as int8: value ≈ scale × code. */
export interface Quantized {
  /** Whole numbers from −127 to 127: an int32 tensor in the shape of the values (tfjs has no int8 tensors). */
  readonly codes: Tensor;
  /** The width of one step, in the values' own unit; always positive. */
  readonly scale: number;
}

/** How far the restored values are from the original ones, in the values' own unit. */
export interface Errors {
  readonly max: number;
  readonly mean: number;
}

export type QuantizeInt8 = (x: Tensor) => Quantized;
export type Dequantize = (codes: Tensor, scale: number) => Tensor;
export type MeasureErrors = (original: Tensor, restored: Tensor) => Errors;
/** x [batch, inputs], weights and restored [inputs, outputs] → ‖x·weights − x·restored‖ / ‖x·weights‖ */
export type RelativeOutputError = (x: Tensor2D, weights: Tensor2D, restored: Tensor2D) => number;
