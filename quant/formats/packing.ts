/**
 * Packs codes of `bits` bits, signed (two's complement) or unsigned, into ⌈length · bits / 8⌉ bytes without a gap, each byte filled from its lowest
 * bit: two int4 to a byte, four int2, eight 3-bit codes to three bytes. Two and four bits are in the order of ONNX's INT4 and PyTorch's uint4x2.
 * @throws RangeError naming the first code that does not fit
 */
export function pack(codes: ArrayLike<number>, bits: number): Uint8Array<ArrayBuffer> {
  expectWidth(bits);
  const bytes = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  const [least, most] = [-(2 ** (bits - 1)), 2 ** bits - 1];
  let [waiting, waitingBits, at] = [0, 0, 0];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!(Number.isInteger(code) && code >= least && code <= most))
      throw new RangeError(`Expected codes of ${bits} bits, whole numbers from ${least} to ${most}, got ${code} at ${i}`);
    waiting |= (code & most) << waitingBits;
    for (waitingBits += bits; waitingBits >= 8; waitingBits -= 8) {
      bytes[at++] = waiting;
      waiting >>>= 8;
    }
  }
  if (waitingBits > 0) bytes[at] = waiting;
  return bytes;
}

/** What the bytes of `pack` hold. */
export interface PackedCodes {
  readonly bits: number;
  readonly signed: boolean;
  readonly length: number;
}

/** The codes that `pack` packed, signed ones sign-extended. @throws RangeError where the bytes are not as many as that length needs */
export function unpack(bytes: Uint8Array, {bits, signed, length}: PackedCodes): Codes {
  expectWidth(bits);
  const needed = Math.ceil((length * bits) / 8);
  if (bytes.length !== needed) throw new RangeError(`Expected ${needed} bytes for ${length} codes of ${bits} bits, got ${bytes.length}`);
  const codes = codesArray(length, {bits, signed});
  const above = 32 - bits;
  let [waiting, waitingBits, at] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    for (; waitingBits < bits; waitingBits += 8) waiting |= bytes[at++]! << waitingBits;
    codes[i] = signed ? (waiting << above) >> above : (waiting << above) >>> above;
    waiting >>>= bits;
    waitingBits -= bits;
  }
  return codes;
}

/** One code to an element, in the narrowest array that holds it. */
export type Codes = Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

export function codesArray(length: number, {bits, signed}: Pick<PackedCodes, 'bits' | 'signed'>): Codes {
  if (bits <= 8) return signed ? new Int8Array(length) : new Uint8Array(length);
  return signed ? new Int16Array(length) : new Uint16Array(length);
}

function expectWidth(bits: number): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 16) throw new RangeError(`Expected codes of 1 to 16 bits, got ${bits}`);
}
