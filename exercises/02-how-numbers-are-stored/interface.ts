/** How a number is stored: one sign bit, then the exponent, then the mantissa. */
export interface FloatFormat {
  readonly name: string;
  readonly exponentBits: number;
  readonly mantissaBits: number;
  /**
   * true: an exponent of all ones is an infinity (mantissa 0) or NaN (any other), as IEEE 754 has it.
   * false: such codes are numbers, too; only the one with all ones in the mantissa as well is NaN.
   */
  readonly infinities: boolean;
}

/** A number taken apart: three whole numbers, as they are stored. */
export interface FloatFields {
  /** 0, or 1 for negative numbers. */
  readonly sign: number;
  /** Not yet the power of two: the bias is still in it. */
  readonly exponent: number;
  readonly mantissa: number;
}

/** `bits` is a whole number from 0 to 2^(1 + exponentBits + mantissaBits) − 1. */
export type SplitFloat = (bits: number, format: FloatFormat) => FloatFields;
/** The number that the bits stand for, ±Infinity or NaN. */
export type DecodeFloat = (bits: number, format: FloatFormat) => number;
/** The format's number nearest to x; halfway between two, the one with the even mantissa. */
export type RoundTo = (x: number, format: FloatFormat) => number;
