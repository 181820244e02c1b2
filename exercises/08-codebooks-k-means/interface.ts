import type {Tensor, Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/** Values as places in a table: value ≈ centroids[index]. */
export interface Clustered {
  /** Whole numbers from 0 to 2^bits − 1: an int32 tensor in the shape of the values. */
  readonly indices: Tensor;
  /** The table: float32 [2^bits]. */
  readonly centroids: Tensor;
}

export type KmeansQuantize = (weights: Tensor, bits: number) => Clustered;
/** The table as float32, then the indices, `bits` bits each, lowest bits first. */
export type StoreClustered = (indices: Tensor, centroids: Tensor1D, bits: number) => Uint8Array;
/** x [rows, inputs], exact [rows, outputs], indices [inputs, outputs], centroids [count] → better centroids [count] */
export type FineTuneCentroids = (x: Tensor2D, exact: Tensor2D, indices: Tensor2D, centroids: Tensor1D) => Tensor;
