export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'positive codes come back in their order'};

/** No mask: the high bits of the byte come along with the first code. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  return Int8Array.from({length}, (_, i) => {
    const read = packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits);
    return read < 2 ** (bits - 1) ? read : read - 2 ** bits;
  });
}
