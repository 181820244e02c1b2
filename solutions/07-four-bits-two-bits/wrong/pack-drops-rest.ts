export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'a last byte that is not full is there, and filled up with zeros'};

/** Rounds the number of bytes down: the last codes of an odd number are lost. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.floor(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[Math.floor(i / perByte)]! |= (codes[i]! & mask) << ((i % perByte) * bits);
  return packed;
}
