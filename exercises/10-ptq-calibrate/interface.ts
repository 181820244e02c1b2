import type {Tensor, Tensor1D, Tensor2D, Tensor4D} from '@tensorflow/tfjs-core';

/** The values that a grid must cover; 0 is always among them. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** How an observer turns what it saw into a range. */
export type Method = 'minMax' | 'movingAverage' | 'percentile' | 'mse';

export type ChooseRange = (batches: readonly Tensor[], method: Method, bits: number) => Range;

/** A convolution without bias, then batch normalization: gamma · (conv(x) − mean) / √(variance + epsilon) + beta. */
export interface ConvWithBatchNorm {
  /** [height, width, inputs, outputs] */
  readonly kernel: Tensor4D;
  /** The others: [outputs] */
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  readonly epsilon: number;
}

/** A convolution with bias, and nothing after it. */
export interface FoldedConv {
  readonly kernel: Tensor4D;
  readonly bias: Tensor1D;
}

export type FoldBatchNorm = (conv: ConvWithBatchNorm) => FoldedConv;

/** y = x · kernel + bias; ReLU between the layers. */
export interface FloatLayer {
  /** [inputs, outputs] */
  readonly kernel: Tensor2D;
  /** [outputs] */
  readonly bias: Tensor1D;
}

/** Codes 0 … 2^bits − 1; value ≈ scale · (code − zeroPoint). */
export interface ActivationGrid {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly bits: number;
}

/** A layer as it is shipped: weight ≈ scale · code. */
export interface QuantizedLayer {
  /** int32 [inputs, outputs], from −(2^(bits−1) − 1) to 2^(bits−1) − 1 */
  readonly codes: Tensor2D;
  /** [outputs]: a scale for each column */
  readonly scale: Tensor1D;
  /** [outputs], float */
  readonly bias: Tensor1D;
  /** What flows into the layer is snapped to this. */
  readonly input: ActivationGrid;
}

export interface PtqData {
  /** Images, each batch [n, 256]: these you may look at. */
  readonly calibration: readonly Tensor2D[];
  /** Images [n, 256] and their labels [n]: for the last line alone. */
  readonly test: Tensor2D;
  readonly labels: Tensor1D;
}

export interface PtqOptions {
  readonly weightBits: number;
  readonly activationBits: number;
  readonly method: Method;
}

export interface PtqResult {
  readonly layers: readonly QuantizedLayer[];
  /** Of the quantized network on the test images, in percent. */
  readonly accuracy: number;
}

export type QuantizeModel = (model: readonly FloatLayer[], data: PtqData, options: PtqOptions) => PtqResult;
/** → one new bias for each layer */
export type CorrectBias = (
  model: readonly FloatLayer[],
  quantized: readonly QuantizedLayer[],
  calibration: Tensor2D,
) => readonly Tensor1D[];
