export * from '../answers.ts';

/** Every bit by itself: bit b of code i is bit i · bits + b of the result. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  for (let i = 0; i < codes.length; i++) {
    for (let b = 0; b < bits; b++) {
      const at = i * bits + b;
      packed[at >> 3]! |= ((codes[i]! >> b) & 1) << (at & 7);
    }
  }
  return packed;
}
