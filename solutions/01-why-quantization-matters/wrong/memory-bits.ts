export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Bits, not bytes. */
export function memoryBytes(params: number, bits: number): number {
  return params * bits;
}
