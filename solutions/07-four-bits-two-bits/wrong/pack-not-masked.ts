export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'negative codes keep to their own bits'};

/** No mask: the upper ones of a negative code run over into its neighbour. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++) packed[Math.floor(i / perByte)]! |= codes[i]! << ((i % perByte) * bits);
  return packed;
}
