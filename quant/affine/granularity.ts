import {countElements} from '../formats/shape.ts';
/** What shares one scale: all of a tensor, each slice along an axis, or each run of `size` neighbours along the last axis. */
export type Granularity =
  | {readonly per: 'tensor'}
  | {readonly per: 'axis'; readonly axis: number}
  | {readonly per: 'group'; readonly size: number};

/** One scale for all. */
export const perTensor: Granularity = {per: 'tensor'};
/** One scale for each index along `axis`; −1 is the last. */
export const perAxis = (axis: number): Granularity => ({per: 'axis', axis});
/** One scale for each run of `size` neighbours along the last axis, which it divides: GPTQ and AWQ take 128. */
export const perGroup = (size: number): Granularity => ({per: 'group', size});

/** How the elements of a row-major tensor share scales: runs of `run` neighbours share one, and run r has scale r mod `count`. */
export interface Slices {
  readonly count: number;
  readonly run: number;
}

/** How many scales a tensor of this shape has, and who shares which. @throws RangeError where the granularity does not fit the shape */
export function slicesOf(shape: readonly number[], granularity: Granularity): Slices {
  const elements = countElements(shape);
  if (granularity.per === 'tensor') return {count: 1, run: elements};
  if (granularity.per === 'axis') {
    const axis = granularity.axis < 0 ? granularity.axis + shape.length : granularity.axis;
    const count = shape[axis];
    if (count === undefined) throw new RangeError(`Expected an axis from ${-shape.length} to ${shape.length - 1}, got ${granularity.axis}`);
    return {count, run: countElements(shape.slice(axis + 1))};
  }
  if (granularity.per !== 'group')
    throw new RangeError(`Expected perTensor, perAxis(axis) or perGroup(size) as granularity, got ${JSON.stringify(granularity)}`);
  const {size} = granularity;
  const row = shape.at(-1) ?? 1;
  if (!Number.isInteger(size) || size < 1 || row % size !== 0)
    throw new RangeError(`Expected a group size that divides the last axis (${row}), got ${size}; try ${divisors(row).join(', ') || row}`);
  // [..., row] → [..., row / size] scales
  return {count: elements / size, run: size};
}

/** Calls `visit` for each run of elements `from` … `to` − 1, which all have scale `slice`. */
export function forEachRun(length: number, {count, run}: Slices, visit: (from: number, to: number, slice: number) => void): void {
  for (let from = 0, slice = 0; from < length; from += run, slice = (slice + 1) % count) visit(from, from + run, slice);
}

function divisors(n: number): number[] {
  return Array.from({length: Math.min(n, 256)}, (_, i) => i + 1)
    .filter(d => d > 1 && n % d === 0)
    .slice(0, 6);
}
