export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** GB, not bytes. */
export function memoryBytes(params: number, bits: number): number {
  return (params * bits) / 8 / 1e9;
}
