import {countElements, expectValues} from '../formats/shape.ts';
import {pack, unpack} from '../formats/packing.ts';

/** Values as indices into a table of centroids. */
export interface Clustered {
  readonly shape: readonly number[];
  readonly bits: number;
  /** In order, no more than 2^bits. */
  readonly centroids: Float32Array<ArrayBuffer>;
  /** The indices, packed: see `pack`. */
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** How `kMeansQuantize` starts and when it ends. */
export interface KMeansOptions {
  readonly bits: number;
  /** `linear`: equally far apart from the least to the largest value; `quantiles`: equally many values to each. */
  readonly start?: 'linear' | 'quantiles';
  /** At most so many rounds; it ends before when no index changes. */
  readonly iterations?: number;
}

/**
 * Lloyd's algorithm in one dimension: each value goes to its nearest centroid, each centroid to the mean of its values, until nothing moves; exactly
 * between two centroids, to the smaller one. A centroid without values stays where it is. On the sorted values a round costs 2^bits searches.
 * Source: Han et al. 2016, Deep Compression, section 3.
 * @throws RangeError at NaN or an infinity, bits outside 1 to 8, or where there are not as many values as the shape has
 */
export function kMeansQuantize(values: ArrayLike<number>, shape: readonly number[], options: KMeansOptions): Clustered {
  const {bits, start = 'linear', iterations = 300} = options;
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) throw new RangeError(`Expected 1 to 8 bits, got ${bits}`);
  expectValues(values, shape);
  const sorted = Float64Array.from(values);
  const at = sorted.findIndex(value => !Number.isFinite(Math.fround(value)));
  if (at >= 0)
    throw new RangeError(`Expected finite values, got ${values[at]} at ${at}. Clean the values first; float32 holds up to 3.4e38.`);
  sorted.sort();
  const centroids = Float32Array.from(settle(sorted, starts(sorted, 2 ** bits, start), iterations));
  const bounds = boundsOf(centroids);
  const indices = Uint8Array.from(values, value => firstAbove(bounds, value));
  return {shape: [...shape], bits, centroids, packed: pack(indices, bits)};
}

/** The centroid of each value, row-major. */
export function dequantizeClusters({shape, bits, centroids, packed}: Clustered): Float32Array<ArrayBuffer> {
  const length = countElements(shape);
  return Float32Array.from(unpack(packed, {bits, signed: false, length}), index => centroids[index]!);
}

/** Bytes of the indices and the table. */
export function clusteredBytes({packed, centroids}: Clustered): number {
  return packed.byteLength + centroids.byteLength;
}

function starts(sorted: Float64Array, count: number, start: 'linear' | 'quantiles'): Float64Array {
  if (sorted.length === 0) return new Float64Array(count);
  const [min, max] = [sorted[0]!, sorted.at(-1)!];
  return Float64Array.from({length: count}, (_, i) =>
    start === 'linear' ? min + ((max - min) * i) / (count - 1) : sorted[Math.floor(((i + 0.5) / count) * sorted.length)]!,
  );
}

function settle(sorted: Float64Array, first: Float64Array, iterations: number): Float64Array {
  const upTo = new Float64Array(sorted.length + 1);
  sorted.forEach((value, i) => (upTo[i + 1] = upTo[i]! + value));
  let centroids = first;
  let before: number[] = [];
  for (let round = 0; round < iterations; round++) {
    // The values between two bounds are neighbours in the sorted list: a difference of two sums gives their mean.
    const cuts = [0, ...Array.from(boundsOf(centroids), bound => countUpTo(sorted, bound)), sorted.length];
    if (cuts.every((cut, i) => cut === before[i])) break;
    before = cuts;
    centroids = centroids.map((centroid, i) => {
      const [from, to] = [cuts[i]!, cuts[i + 1]!];
      return to > from ? (upTo[to]! - upTo[from]!) / (to - from) : centroid;
    });
  }
  return centroids.sort();
}

/** The middles between neighbours: up to and with a middle, values belong to the smaller one. */
function boundsOf(centroids: Float32Array | Float64Array): Float64Array {
  return Float64Array.from({length: Math.max(centroids.length - 1, 0)}, (_, i) => (centroids[i]! + centroids[i + 1]!) / 2);
}

/** How many of the sorted values are not above `bound`. */
function countUpTo(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first bound that is not below x. */
function firstAbove(bounds: Float64Array, x: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
