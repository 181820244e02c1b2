export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'negative codes keep to their own bits'};

/** Negative codes become 0: taken for unsigned. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[Math.floor(i / perByte)]! |= (Math.max(0, codes[i]!) & mask) << ((i % perByte) * bits);
  return packed;
}
