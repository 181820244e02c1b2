export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'two 4-bit codes share a byte, the first in its low bits'};

/** Sets the byte in place of joining: only the last code of each byte is left. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[Math.floor(i / perByte)] = (codes[i]! & mask) << ((i % perByte) * bits);
  return packed;
}
