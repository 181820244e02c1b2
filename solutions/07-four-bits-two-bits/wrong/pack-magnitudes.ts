export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'negative codes keep to their own bits'};

/** The sign as a bit of its own beside the magnitude: not two’s complement. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++)
    packed[Math.floor(i / perByte)]! |= ((Math.abs(codes[i]!) | (codes[i]! < 0 ? 2 ** (bits - 1) : 0)) & mask) << ((i % perByte) * bits);
  return packed;
}
