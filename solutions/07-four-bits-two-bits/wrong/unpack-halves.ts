export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'positive codes come back in their order'};

/** Reads all low bits first, then all high ones: the order of another format. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const half = 2 ** (bits - 1);
  return Int8Array.from({length}, (_, i) => {
    const read = (packed[i % packed.length]! >> (Math.floor(i / packed.length) * bits)) & (2 * half - 1);
    return read < half ? read : read - 2 * half;
  });
}
