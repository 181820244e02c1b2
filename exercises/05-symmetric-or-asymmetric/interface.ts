import type {Tensor} from '@tensorflow/tfjs-core';

export type Scheme = 'symmetric' | 'asymmetric';

/** Which numbers a code stands for: value ≈ scale × (code − zeroPoint). */
export interface Grid {
  /** The width of one step, in the values' own unit; always positive. */
  readonly scale: number;
  /** The code that stands for exactly 0: a whole number from qmin to qmax. */
  readonly zeroPoint: number;
  /** The lowest code. */
  readonly qmin: number;
  /** The highest code. */
  readonly qmax: number;
}

/** The grid for values between min and max, with codes of `bits` bits. */
export type ChooseQParams = (min: number, max: number, scheme: Scheme, bits: number) => Grid;
/** An int32 tensor of codes in the shape of x, each from grid.qmin to grid.qmax. */
export type Quantize = (x: Tensor, grid: Grid) => Tensor;
export type Dequantize = (codes: Tensor, grid: Grid) => Tensor;
/** How many bits the codes leave unused: log2(levels of the grid / levels from the lowest to the highest code in use). */
export type WastedBits = (codes: Tensor, grid: Grid) => number;
