export * from '../answers.ts';

/** Integers that do not overflow. */
export function memoryBytes(params: number, bits: number): number {
  return Number((BigInt(params) * BigInt(bits) + 7n) / 8n);
}
