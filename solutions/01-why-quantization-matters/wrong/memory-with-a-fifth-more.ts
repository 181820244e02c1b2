export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'so many bits for each parameter, in bytes'};

/** Adds a rule of thumb for everything else. */
export function memoryBytes(params: number, bits: number): number {
  return ((params * bits) / 8) * 1.2;
}
