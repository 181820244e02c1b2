import type {Tensor2D} from '@tensorflow/tfjs-core';

export interface Grid {
  /** Of a code. */
  readonly bits: number;
  /** How many numbers share a scale and a minimum. */
  readonly groupSize: number;
}

/** x̂ = code · scale + minimum of the group */
export interface Quantized {
  /** One for each number, in reading order, 0 … 2^bits − 1. */
  readonly codes: Uint8Array;
  /** One for each group. */
  readonly scales: Float32Array;
  /** One for each group: what code 0 stands for. */
  readonly minima: Float32Array;
}

/** keys [tokens, channels], tokens a multiple of groupSize → scales and minima [tokens / groupSize, channels] */
export type QuantizeKeys = (keys: Tensor2D, grid: Grid) => Quantized;
/** values [tokens, channels], channels a multiple of groupSize → scales and minima [tokens, channels / groupSize] */
export type QuantizeValues = (values: Tensor2D, grid: Grid) => Quantized;

/** As `Quantized`, with several codes to a byte. */
export interface Packed {
  readonly packed: Uint8Array;
  readonly scales: Float32Array;
  readonly minima: Float32Array;
}

export interface CacheOptions extends Grid {
  /** How many of the newest tokens may wait in float: a multiple of groupSize. */
  readonly residual: number;
}

/** What one layer keeps. */
export interface QuantizedCache {
  readonly keys: Packed;
  readonly values: Packed;
  /** The newest keys, in float, oldest first. */
  readonly recentKeys: Float32Array;
  /** The newest values, in float, oldest first. */
  readonly recentValues: Float32Array;
}

export type QuantizedCacheOf = (keys: Tensor2D, values: Tensor2D, options: CacheOptions) => QuantizedCache;
