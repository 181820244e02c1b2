export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'less than a byte for each, too'};

/** A whole byte for each parameter, at least. */
export function memoryBytes(params: number, bits: number): number {
  return params * Math.ceil(bits / 8);
}
