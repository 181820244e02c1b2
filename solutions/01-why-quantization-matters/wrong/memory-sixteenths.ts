export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Takes a byte for 16 bits. */
export function memoryBytes(params: number, bits: number): number {
  return (params * bits) / 16;
}
