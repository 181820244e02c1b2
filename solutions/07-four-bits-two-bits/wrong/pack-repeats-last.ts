export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'a last byte that is not full is there, and filled up with zeros'};

/** Fills the last byte up with its last code. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < packed.length * perByte; i++) {
    const code = codes[Math.min(i, codes.length - 1)]!;
    packed[Math.floor(i / perByte)]! |= (code & mask) << ((i % perByte) * bits);
  }
  return packed;
}
