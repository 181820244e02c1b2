import type {Tensor, Tensor2D} from '@tensorflow/tfjs-core';

/** A matrix as int8 with many scales: value ≈ scale × code. */
export interface QuantizedMatrix {
  /** Whole numbers from −127 to 127: an int32 tensor in the shape of the matrix. */
  readonly codes: Tensor;
  /** One scale for each column: [outputs]. Or for each group of inputs in each column: [inputs / groupSize, outputs]. */
  readonly scales: Tensor;
}

/** What `llmInt8Matmul` gives: the product, and all that it was made of. */
export interface LlmInt8Product {
  /** [rows, outputs], float32 */
  readonly output: Tensor;
  /** The columns of x that stay in float, in rising order; may be empty. */
  readonly outlierColumns: number[];
  /** int8 codes of x [rows, inputs]: 0 in the outlier columns. */
  readonly xCodes: Tensor;
  /** One scale for each row of x: [rows]. */
  readonly xScales: Tensor;
  /** int8 codes of the weights [inputs, outputs]. */
  readonly wCodes: Tensor;
  /** One scale for each column of the weights: [outputs]. */
  readonly wScales: Tensor;
}

/** weights [inputs, outputs] → codes [inputs, outputs], scales [outputs] */
export type QuantizePerChannel = (weights: Tensor2D) => QuantizedMatrix;
/** weights [inputs, outputs] → codes [inputs, outputs], scales [inputs / groupSize, outputs] */
export type QuantizePerGroup = (weights: Tensor2D, groupSize: number) => QuantizedMatrix;
/** x [rows, inputs], weights [inputs, outputs] → output [rows, outputs] */
export type LlmInt8Matmul = (x: Tensor2D, weights: Tensor2D, threshold: number) => LlmInt8Product;
