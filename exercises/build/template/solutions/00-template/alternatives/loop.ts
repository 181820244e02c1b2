export * from '../answers.ts';

/** One pass, no copies. */
export function stepOf(values: readonly number[]): number {
  let absMax = 0;
  for (const value of values) if (Math.abs(value) > absMax) absMax = Math.abs(value);
  return (absMax || 127) / 127;
}
