import type {Tensor} from '@tensorflow/tfjs-core';

/** How many different codes a number of bits can hold: a whole number. */
export type Levels = (bits: number) => number;
/** Each value at the nearest of levels(bits) evenly spaced lines, the first at the smallest value, the last at the largest: float32, in the shape of x. */
export type QuantizeToBits = (x: Tensor, bits: number) => Tensor;
/** How many times smaller codes of so many bits are than float32: 1 at 32 bits. */
export type Compression = (bits: number) => number;
/** 100 · Σ|restored − original| / Σ|original|: percent. */
export type AverageError = (original: Tensor, restored: Tensor) => number;
