export * from '../answers.ts';

/** Rounded up to whole bytes, once, for all together. */
export function memoryBytes(params: number, bits: number): number {
  return Math.ceil((params * bits) / 8);
}
