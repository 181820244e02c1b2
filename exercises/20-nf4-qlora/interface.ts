import type {Tensor2D} from '@tensorflow/tfjs-core';

/** Weights in NF4: blocks of neighbours, row by row, that run on across rows; ŵ = absMax of the block · nf4[code]. */
export interface Nf4 {
  readonly shape: readonly number[];
  /** Two codes to a byte, the first in the upper half. */
  readonly packed: Uint8Array;
  /** The largest magnitude of each block. */
  readonly absMax: Float32Array;
}

/** The absMax of many blocks in 8 bits: absMax ≈ dynamic8[code] · scale of its 256 + offset. */
export interface CompressedAbsMax {
  /** A place in `dynamic8` for each absMax. */
  readonly codes: Uint8Array;
  /** One for every 256 absMax. */
  readonly scales: Float32Array;
  /** The mean of all absMax. */
  readonly offset: number;
}

export interface LoraOptions {
  /** Columns of every A, rows of every B. */
  readonly rank: number;
  /** What x·A·B is multiplied by is alpha / rank. */
  readonly alpha: number;
  readonly steps: number;
  /** For Adam. */
  readonly learningRate: number;
}

/** What is trained beside a frozen matrix [inputs, outputs]. */
export interface Adapter {
  /** [inputs, rank] */
  readonly a: Tensor2D;
  /** [rank, outputs] */
  readonly b: Tensor2D;
}
