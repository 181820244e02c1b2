import type * as tf from '@tensorflow/tfjs';

/** The codes of a grid without a zero point: code q stands for the value step · q. */
export interface Levels {
  readonly qmin: number;
  readonly qmax: number;
}

/** A layer of the float network: y = x · kernel + bias, with ReLU between layers. */
export interface FloatLayer {
  /** [inputs, outputs] */
  readonly kernel: tf.Tensor2D;
  /** [outputs] */
  readonly bias: tf.Tensor1D;
}

export interface LearnOptions {
  /** Of the weights; codes −2^(bits−1) … 2^(bits−1) − 1. */
  readonly bits: number;
  /** How often the optimizer moves the steps; each time all the inputs are seen. */
  readonly updates: number;
}

/** A kernel as it is shipped: the weight in row i and column j is codes[i, j] · step[j]. */
export interface QuantizedKernel {
  /** int32 [inputs, outputs] */
  readonly codes: tf.Tensor2D;
  /** [outputs]: one step per column, above 0. */
  readonly step: tf.Tensor1D;
}
