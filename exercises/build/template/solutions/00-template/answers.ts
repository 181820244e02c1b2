/** The value that is farthest from zero, on either side, gets code ±127. */
export function stepOf(values: readonly number[]): number {
  const absMax = Math.max(...values.map(Math.abs));
  return absMax === 0 ? 1 : absMax / 127;
}
