import type {Tensor1D, Tensor2D} from '@tensorflow/tfjs-core';

/** A layer of the float network: y = x · kernel + bias, with ReLU between layers. */
export interface FloatLayer {
  /** [inputs, outputs] */
  readonly kernel: Tensor2D;
  /** [outputs] */
  readonly bias: Tensor1D;
}

/**
 * A layer as its file holds it. A weight that the mask keeps is levels[code] × the scale of its column; all others are 0.
 * Weights stand row by row, [inputs, outputs]. The file keeps levels, scales and biases as float16.
 */
export interface SmallLayer {
  /** Of one code: 1 … 8. */
  readonly bits: number;
  /** What code 0, code 1, … stand for: at most 2^bits numbers. */
  readonly levels: Float32Array;
  /** The codes of the kept weights, packed as `packBits(codes, bits)` does. */
  readonly codes: Uint8Array;
  /** One bit for each weight, 1 where it is kept, packed as `packBits(kept, 1)` does; null where all are kept. */
  readonly mask: Uint8Array | null;
  /** [outputs], or [1] for one scale for the layer. */
  readonly scales: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
}

/** Weights as −scale, 0 and scale. */
export interface Ternary {
  /** −1, 0 or 1 for each weight. */
  readonly codes: Int8Array;
  readonly scale: number;
}

/** Codes 0 … 2^bits − 1 → ⌈codes × bits / 8⌉ bytes: a stream of bits, each byte filled from its lowest bit. */
export type PackBits = (codes: Uint8Array, bits: number) => Uint8Array;
/** The ternary weights with the least squared error. */
export type Ternarize = (weights: Float32Array) => Ternary;
/** A network of at most `budgetBytes` that reads digits as well as it can. `images` [n, 256] and `labels` [n] are there to look at and to train on. */
export type Compress = (model: readonly FloatLayer[], images: Tensor2D, labels: Tensor1D, budgetBytes: number) => SmallLayer[];
