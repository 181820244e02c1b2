export * from '../answers.ts';

export const caughtBy = {task: 'unpack', check: 'negative codes are negative again'};

/** Leaves the sign out: −1 comes back as 15. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  return Int8Array.from({length}, (_, i) => (packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & (2 ** bits - 1));
}
