export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'a last byte that is not full is there, and filled up with zeros'};

/** Math.floor: the bits of a last byte that is not full are dropped. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.floor((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let k = 0; k < bits; k++) {
      const at = i * bits + k;
      packed[at >> 3]! |= ((code >> k) & 1) << (at & 7);
    }
  });
  return packed;
}
