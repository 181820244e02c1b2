export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'exactly as many codes as were packed'};

/** All codes that the bytes have room for: padding comes back as codes. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  const half = 2 ** (bits - 1);
  return Int8Array.from({length: packed.length * perByte + 0 * length}, (_, i) => {
    const read = (packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & (2 * half - 1);
    return read < half ? read : read - 2 * half;
  });
}
