/** An integer format: a value, so that it can be passed on and compared. It has qmax − qmin + 1 codes. */
export interface QType {
  readonly name: string;
  readonly bits: number;
  readonly qmin: number;
  readonly qmax: number;
  readonly signed: boolean;
}

/** −128 … 127. */
export const qint8: QType = signed(8);
/** 0 … 255. */
export const quint8: QType = unsigned(8);
/** −8 … 7. */
export const qint4: QType = signed(4);
/** 0 … 15. */
export const quint4: QType = unsigned(4);
/** −4 … 3. */
export const qint3: QType = signed(3);
/** −2 … 1. */
export const qint2: QType = signed(2);
/** 0 … 3. */
export const quint2: QType = unsigned(2);

/** Without the lowest code, so that the range is symmetric: −127 … 127 for int8, as TensorFlow's narrow_range. @throws RangeError for an unsigned type */
export function narrowRange(qtype: QType): QType {
  if (!qtype.signed) throw new RangeError(`Expected a signed type, got ${qtype.name}: an unsigned one has no code that is only negative`);
  return {...qtype, name: `${qtype.name} narrow`, qmin: -qtype.qmax};
}

/** Two's complement: −2^(bits−1) … 2^(bits−1) − 1. @throws RangeError outside 2 to 16 bits */
export function signed(bits: number): QType {
  expectBits(bits);
  return {name: `qint${bits}`, bits, qmin: -(2 ** (bits - 1)), qmax: 2 ** (bits - 1) - 1, signed: true};
}

/** 0 … 2^bits − 1. @throws RangeError outside 2 to 16 bits */
export function unsigned(bits: number): QType {
  expectBits(bits);
  return {name: `quint${bits}`, bits, qmin: 0, qmax: 2 ** bits - 1, signed: false};
}

function expectBits(bits: number): void {
  // From 17 bits on, float32 cannot tell a code's neighbours apart well enough to round to them.
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) throw new RangeError(`Expected a whole number of bits from 2 to 16, got ${bits}`);
}
