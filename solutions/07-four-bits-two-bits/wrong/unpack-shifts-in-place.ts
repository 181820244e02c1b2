export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'the bytes are left as they were'};

/** Shifts the bytes down where they are: the caller’s weights are gone after the first reading. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  const half = 2 ** (bits - 1);
  return Int8Array.from({length}, (_, i) => {
    const at = Math.floor(i / perByte);
    const read = packed[at]! & (2 * half - 1);
    packed[at]! >>= bits;
    return read < half ? read : read - 2 * half;
  });
}
