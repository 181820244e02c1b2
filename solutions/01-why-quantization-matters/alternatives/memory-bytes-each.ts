export * from '../answers.ts';

/** Bytes of one parameter first; they may be half a byte. */
export function memoryBytes(params: number, bits: number): number {
  const bytesEach = bits / 8;
  return params * bytesEach;
}
