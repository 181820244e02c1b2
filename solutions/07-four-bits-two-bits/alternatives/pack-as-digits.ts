export * from '../answers.ts';

/** A byte as a number with digits to the base 2^bits, the first code its lowest digit; a negative code is counted from the base downward. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const base = 2 ** bits;
  const perByte = 8 / bits;
  const bytes: number[] = [];
  for (let from = 0; from < codes.length; from += perByte) {
    const digits = Array.from(codes.subarray(from, from + perByte), code => (code + base) % base);
    bytes.push(digits.reduceRight((byte, digit) => byte * base + digit, 0));
  }
  return Uint8Array.from(bytes);
}
