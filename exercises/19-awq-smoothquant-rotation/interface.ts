import type {Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/** A normalization's gain and bias [inputs] and the weights [outputs, inputs] of the layer behind it. */
export interface Folded {
  readonly gain: Tensor1D;
  readonly bias: Tensor1D;
  readonly w: Tensor2D;
}

/** Weights in groups of neighbouring inputs: w ≈ scales · codes. */
export interface Grouped {
  /** int32 [outputs, inputs]: whole numbers from −(2^(bits−1) − 1) to 2^(bits−1) − 1. */
  readonly codes: Tensor2D;
  /** float32 [outputs, inputs / groupSize], above 0. */
  readonly scales: Tensor2D;
}

/** Weights whose inputs were scaled before rounding: w[o][i] ≈ scales · codes[o][i] / s[i]. */
export interface ActivationAware extends Grouped {
  /** [inputs], above 0: what each input's weights were multiplied by. */
  readonly s: Tensor1D;
}

export interface AwqOptions {
  readonly bits: number;
  /** How many neighbouring inputs share a scale; it divides the inputs. */
  readonly groupSize: number;
}
