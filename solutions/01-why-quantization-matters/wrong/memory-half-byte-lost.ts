export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'less than a byte for each, too'};

/** Rounds each parameter down to whole bytes. */
export function memoryBytes(params: number, bits: number): number {
  return params * Math.floor(bits / 8);
}
