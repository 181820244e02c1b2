export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Four bytes each, whatever the bits. */
export function memoryBytes(params: number, bits: number): number {
  return bits > 0 ? params * 4 : 0;
}
