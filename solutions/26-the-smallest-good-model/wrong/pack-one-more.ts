export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'eight 1-bit codes fill a byte, the first in its lowest bit'};

/** A byte more, to be on the safe side. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.floor((codes.length * bits) / 8) + 1);
  codes.forEach((code, i) => {
    for (let k = 0; k < bits; k++) {
      const at = i * bits + k;
      packed[at >> 3]! |= ((code >> k) & 1) << (at & 7);
    }
  });
  return packed;
}
