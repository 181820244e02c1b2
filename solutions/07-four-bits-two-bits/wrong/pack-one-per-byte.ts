export * from '../answers.ts';

export const caughtBy = {task: 'pack', check: 'two 4-bit codes share a byte, the first in its low bits'};

/** One code to a byte: nothing was packed. */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  return Uint8Array.from(codes, code => code & (2 ** bits - 1));
}
