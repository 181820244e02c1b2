export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Multiplies by the levels in place of the bits. */
export function memoryBytes(params: number, bits: number): number {
  return (params * 2 ** bits) / 8;
}
