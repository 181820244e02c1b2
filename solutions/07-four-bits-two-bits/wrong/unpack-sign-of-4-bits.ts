export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: '2-bit codes come back, signs included'};

/** The sign is that of 4 bits, whatever the bits are. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  return Int8Array.from({length}, (_, i) => {
    const read = (packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & (2 ** bits - 1);
    return read < 8 ? read : read - 16;
  });
}
