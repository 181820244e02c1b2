export * from '../answers.ts';

/** Up to the end of a 32-bit number and down again: the arithmetic shift >> fills with the sign. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const codes = new Int8Array(length);
  for (let i = 0; i < length; i++) {
    const at = i * bits;
    codes[i] = (packed[at >> 3]! << (32 - bits - (at & 7))) >> (32 - bits);
  }
  return codes;
}
