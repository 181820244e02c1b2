/** What shares one scale: all of a tensor, each slice along an axis, or each run of `size` neighbours along the last axis. */
export type Granularity =
  | {readonly per: 'tensor'}
  | {readonly per: 'axis'; readonly axis: number}
  | {readonly per: 'group'; readonly size: number};

export const perTensor: Granularity = {per: 'tensor'};
export const perAxis = (axis: number): Granularity => ({per: 'axis', axis});
export const perGroup = (size: number): Granularity => ({per: 'group', size});

/** How many scales a tensor of this shape has, and which one belongs to each element (row-major). @throws RangeError where the granularity does not fit the shape */
export function scaleIndex(
  shape: readonly number[],
  granularity: Granularity,
): {readonly count: number; readonly of: (element: number) => number} {
  if (granularity.per === 'tensor') return {count: 1, of: () => 0};
  if (granularity.per === 'axis') {
    const {axis} = granularity;
    const length = shape[axis];
    if (length === undefined) throw new RangeError(`Expected an axis below the rank ${shape.length}, got ${axis}`);
    const stride = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    return {count: length, of: element => Math.floor(element / stride) % length};
  }
  const {size} = granularity;
  const row = shape.at(-1) ?? 1;
  if (!Number.isInteger(size) || size < 1 || row % size !== 0) {
    throw new RangeError(`Expected a group size that divides the last axis (${row}), got ${size}; try ${divisors(row).join(', ')}`);
  }
  // [..., row] → [..., row / size] scales
  const elements = shape.reduce((product, n) => product * n, 1);
  return {count: elements / size, of: element => Math.floor(element / size)};
}

function divisors(n: number): number[] {
  return Array.from({length: Math.min(n, 256)}, (_, i) => i + 1)
    .filter(d => d > 1 && n % d === 0)
    .slice(0, 6);
}
