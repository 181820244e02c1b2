export * from '../answers.ts';

export const caughtBy = {task: 'packBits', check: 'eight 1-bit codes fill a byte, the first in its lowest bit'};

/** Small codes in whole bytes: nothing is packed. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  return codes.map(code => code & (2 ** bits - 1));
}
