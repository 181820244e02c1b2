export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Multiplies by 8 where it should divide. */
export function memoryBytes(params: number, bits: number): number {
  return params * bits * 8;
}
