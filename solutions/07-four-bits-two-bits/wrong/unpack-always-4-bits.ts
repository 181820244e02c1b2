export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: '2-bit codes come back, signs included'};

/** The bits are not passed on: two codes to a byte, whatever was asked. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  return Int8Array.from({length}, (_, i) => ((packed[i >> 1] ?? 0) << (28 - 4 * (i & 1))) >> (bits > 0 ? 28 : 0));
}
