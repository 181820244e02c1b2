export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'four 2-bit codes share a byte'};

/** The shift follows from the bits, the mask is still that of 4 bits. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[Math.floor(i / perByte)]! |= (codes[i]! & 15) << ((i % perByte) * bits);
  return packed;
}
