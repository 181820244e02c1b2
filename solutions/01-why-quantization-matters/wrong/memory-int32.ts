export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'billions of parameters'};

/** Keeps the result in 32 bits. */
export function memoryBytes(params: number, bits: number): number {
  return Int32Array.of((params / 8) * bits)[0]!;
}
