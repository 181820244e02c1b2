export * from '../answers.ts';

/** A table from what was read to the code, one byte after the other. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const table = Array.from({length: 2 ** bits}, (_, read) => (read < 2 ** (bits - 1) ? read : read - 2 ** bits));
  const codes: number[] = [];
  for (let byte of packed) {
    for (let n = 0; n < 8 / bits; n++) {
      codes.push(table[byte % table.length]!);
      byte = Math.floor(byte / table.length);
    }
  }
  return Int8Array.from(codes.slice(0, length));
}
