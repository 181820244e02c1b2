export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'the codes are left as they were'};

/** Masks the codes where they are: the caller’s negative codes are gone. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) {
    codes[i]! &= 2 ** bits - 1;
    packed[Math.floor(i / perByte)]! |= codes[i]! << ((i % perByte) * bits);
  }
  return packed;
}
