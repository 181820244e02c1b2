export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'two 4-bit codes share a byte, the first in its low bits'};

/** The first half of the codes in the low bits, the second half in the high ones, as ggml’s blocks have them: the order of another format. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[i % packed.length]! |= (codes[i]! & mask) << (Math.floor(i / packed.length) * bits);
  return packed;
}
