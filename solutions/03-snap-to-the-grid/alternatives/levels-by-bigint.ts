export * from '../answers.ts';

/** Shifts an integer that does not overflow, and makes it a number again. */
export function levels(bits: number): number {
  return Number(1n << BigInt(bits));
}
