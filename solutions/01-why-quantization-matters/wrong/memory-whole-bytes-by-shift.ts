export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'less than a byte for each, too'};

/** `bits >> 3` is the bytes of one parameter only where those are whole. */
export function memoryBytes(params: number, bits: number): number {
  return params * (bits >> 3);
}
