/** Weights in groups of neighbours: value ≈ the group's scale × code. */
export interface GroupQuantized {
  /** The codes as `pack` packs them. */
  readonly packed: Uint8Array;
  /** One scale for each group, as the 16 bits of a float16. */
  readonly scales: Uint16Array;
}

/** How weights are stored. */
export interface Storage {
  /** Of one code. */
  readonly bits: number;
  /** How many neighbours share a scale. */
  readonly groupSize: number;
  /** Of one scale: 16 for float16, 32 for float32. */
  readonly scaleBits: number;
}

/** Signed codes of `bits` bits → bytes, the first code in the lowest bits; unused bits at the end are 0. */
export type Pack = (codes: Int8Array, bits: number) => Uint8Array;
/** The first `length` codes of what `pack` made, negative ones negative again. */
export type Unpack = (packed: Uint8Array, bits: number, length: number) => Int8Array;
/** Symmetric: −qmax … qmax, qmax = 2^(bits − 1) − 1. `groupSize` divides the number of weights. */
export type QuantizeGroups = (weights: Float32Array, bits: number, groupSize: number) => GroupQuantized;
/** The bytes of `count` weights, scales included. */
export type BytesOf = (count: number, storage: Storage) => number;
