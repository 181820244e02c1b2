import type * as tf from '@tensorflow/tfjs';

/** A grid of integers qmin … qmax: code q stands for the value scale · (q − zeroPoint). */
export interface Grid {
  /** Above 0: one number, or a tensor that broadcasts against x (one scale per column: [columns]). */
  readonly scale: number | tf.Tensor;
  readonly zeroPoint: number | tf.Tensor;
  readonly qmin: number;
  readonly qmax: number;
}

export interface FakeQuantConfig {
  readonly bits: number;
  /** Where the range [0, high] starts; training moves it. */
  readonly high: number;
  readonly name?: string;
}

export interface FakeQuantDenseConfig {
  /** Outputs: columns of the kernel. */
  readonly units: number;
  readonly bits: number;
  readonly name?: string;
}

/** A layer of the float network: y = x · kernel + bias, with ReLU between layers. */
export interface FloatLayer {
  /** [inputs, outputs] */
  readonly kernel: tf.Tensor2D;
  /** [outputs] */
  readonly bias: tf.Tensor1D;
}

export interface QatOptions {
  /** For weights and for what flows between the layers; the pixels stay as they are. */
  readonly bits: number;
  /** How often all the images are seen. */
  readonly epochs: number;
  /** From calibration: `ranges[i]` is the high end of what leaves layer i after its ReLU. */
  readonly ranges: readonly number[];
}

/** A layer as it is shipped. The judge runs it: y = (input on its grid) · (scale · (codes − zeroPoint)) + bias. */
export interface QuantizedLayer {
  /** int32 [inputs, outputs], at most 2^bits neighbouring integers. */
  readonly codes: tf.Tensor2D;
  /** [outputs]: one scale per column. */
  readonly scale: tf.Tensor1D;
  /** int32 [outputs]: zeros for a symmetric grid. */
  readonly zeroPoint: tf.Tensor1D;
  /** [outputs], float. */
  readonly bias: tf.Tensor1D;
  /** The grid of what flows in, codes 0 … 2^bits − 1; null for the first layer, whose pixels stay as they are. */
  readonly input: {readonly scale: number; readonly zeroPoint: number} | null;
}
