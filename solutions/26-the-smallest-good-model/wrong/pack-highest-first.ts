export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'eight 1-bit codes fill a byte, the first in its lowest bit'};

/** Begins each byte at its highest bit, as a number is read. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let k = 0; k < bits; k++) {
      const at = i * bits + k;
      packed[at >> 3]! |= ((code >> (bits - 1 - k)) & 1) << (7 - (at & 7));
    }
  });
  return packed;
}
