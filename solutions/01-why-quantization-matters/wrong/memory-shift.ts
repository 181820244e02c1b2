export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'billions of parameters'};

/** Shifts a 32-bit integer, which overflows. */
export function memoryBytes(params: number, bits: number): number {
  return ((params / 8) * bits) | 0;
}
