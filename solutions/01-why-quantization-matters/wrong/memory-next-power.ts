export * from '../answers.ts';

export const caughtBy = {task: 'memoryBytes', check: 'less than a byte for each, too'};

/** Widths of three and six bits take as much as four and eight. */
export function memoryBytes(params: number, bits: number): number {
  return (params * 2 ** Math.ceil(Math.log2(bits))) / 8;
}
