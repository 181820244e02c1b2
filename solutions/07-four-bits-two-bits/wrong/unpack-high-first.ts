export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'positive codes come back in their order'};

/** The wrong nibble order: reads the high bits first. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  const half = 2 ** (bits - 1);
  return Int8Array.from({length}, (_, i) => {
    const read = (packed[Math.floor(i / perByte)]! >> (8 - bits - (i % perByte) * bits)) & (2 * half - 1);
    return read < half ? read : read - 2 * half;
  });
}
