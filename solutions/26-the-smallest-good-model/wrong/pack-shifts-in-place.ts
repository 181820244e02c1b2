export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'the codes are left as they were'};

/** Takes the bits out of the codes themselves: when it is done, they are all 0. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  for (let i = 0; i < codes.length; i++) {
    for (let k = 0; k < bits; k++, codes[i]! >>= 1) {
      const at = i * bits + k;
      packed[at >> 3]! |= (codes[i]! & 1) << (at & 7);
    }
  }
  return packed;
}
