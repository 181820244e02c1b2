export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'four 2-bit codes share a byte'};

/** The bits are not passed on: two codes to a byte, whatever was asked. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  for (let i = 0; i < codes.length; i++) packed[i >> 1]! |= (codes[i]! & 15) << ((i & 1) * 4);
  return packed;
}
