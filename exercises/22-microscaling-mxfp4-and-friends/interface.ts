/** MXFP4: blocks of 32 along the last axis, x̂ = 2^(scale − 127) · element. */
export interface Mxfp4 {
  readonly shape: readonly number[];
  /** Two E2M1 codes to a byte, the first in the lower four bits. */
  readonly packed: Uint8Array;
  /** One byte for each block: its power of two, plus 127. */
  readonly scales: Uint8Array;
}

/** NVFP4: blocks of 16 along the last axis, x̂ = tensorScale · scale · element. */
export interface Nvfp4 {
  readonly shape: readonly number[];
  /** Two E2M1 codes to a byte, the first in the lower four bits. */
  readonly packed: Uint8Array;
  /** One E4M3 code for each block. */
  readonly scales: Uint8Array;
  /** One float32 number for the whole tensor, above 0. */
  readonly tensorScale: number;
}
