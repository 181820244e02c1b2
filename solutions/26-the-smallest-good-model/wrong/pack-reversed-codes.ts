export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'codes of 3, 5, 6 and 7 bits run on across the ends of bytes'};

/** Bytes from their lowest bit, codes from their highest. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let k = 0; k < bits; k++) {
      const at = i * bits + k;
      packed[at >> 3]! |= ((code >> (bits - 1 - k)) & 1) << (at & 7);
    }
  });
  return packed;
}
