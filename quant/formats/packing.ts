/** Codes of 2, 4 and 8 bits packed into bytes: two int4 to a byte, four int2. */
export type PackedBits = 2 | 4 | 8;

/**
 * Packs codes of `bits` bits, signed (two's complement) or unsigned, into ⌈length · bits / 8⌉ bytes, the first code in a byte's lowest bits.
 * The last byte is filled up with zeros. This is the order of PyTorch's uint4x2, ONNX's INT4 and NumPy's little bit order.
 * @throws RangeError naming the first code that does not fit
 */
export function pack(codes: ArrayLike<number>, bits: PackedBits): Uint8Array<ArrayBuffer> {
  const perByte = codesPerByte(bits);
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte));
  const [least, most, mask] = [-(2 ** (bits - 1)), 2 ** bits - 1, 2 ** bits - 1];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!(Number.isInteger(code) && code >= least && code <= most))
      throw new RangeError(`Expected codes of ${bits} bits, whole numbers from ${least} to ${most}, got ${code} at ${i}`);
    const byte = Math.floor(i / perByte);
    bytes[byte] = bytes[byte]! | ((code & mask) << ((i % perByte) * bits));
  }
  return bytes;
}

/**
 * The `length` codes that `pack` packed: signed ones sign-extended.
 * @throws RangeError where the bytes are not as many as that length needs
 */
export function unpack(
  bytes: Uint8Array,
  {bits, signed, length}: {readonly bits: PackedBits; readonly signed: boolean; readonly length: number},
): Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  const perByte = codesPerByte(bits);
  if (bytes.length !== Math.ceil(length / perByte))
    throw new RangeError(`Expected ${Math.ceil(length / perByte)} bytes for ${length} codes of ${bits} bits, got ${bytes.length}`);
  const codes = signed ? new Int8Array(length) : new Uint8Array(length);
  const above = 32 - bits;
  for (let i = 0; i < length; i++) {
    const raised = bytes[Math.floor(i / perByte)]! << (above - (i % perByte) * bits);
    codes[i] = signed ? raised >> above : raised >>> above;
  }
  return codes;
}

function codesPerByte(bits: number): number {
  if (bits !== 2 && bits !== 4 && bits !== 8)
    throw new RangeError(`Expected 2, 4 or 8 bits, which divide a byte, got ${bits}; keep codes of other widths one to a byte`);
  return 8 / bits;
}
