export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'codes of 3, 5, 6 and 7 bits run on across the ends of bytes'};

/** As many whole codes as a byte holds; the rest of the byte is left empty. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const perByte = Math.floor(8 / bits);
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  codes.forEach((code, i) => (packed[Math.floor(i / perByte)]! |= code << ((i % perByte) * bits)));
  return packed;
}
