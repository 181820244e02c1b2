import {linspace} from '../formats/linspace.ts';
import {minMax, type Observer, observed, type Range} from './observer.ts';
import {leastErrorBins} from './histogram-search.ts';

/** How finely a HistogramObserver looks. */
export interface HistogramOptions {
  readonly bins?: number;
  /** The codes of the type that the range is searched for: 256 for 8 bits. */
  readonly levels?: number;
}

/** Counts of values in bins of one width. */
export interface Histogram extends Range {
  readonly counts: Float32Array<ArrayBuffer>;
}

/** How much finer the bins of an old histogram are made before they are dealt out to wider ones. */
const upsampleRate = 16;

/**
 * Counts the values in bins, and finds the range whose rounding and clipping together err least: the mean squared error, as if the values of each bin
 * lay evenly in it. Infinities are left out. As torch.ao's HistogramObserver, in float32 like it.
 */
export class HistogramObserver implements Observer {
  private readonly bins: number;
  private readonly levels: number;
  private histogram: Histogram | undefined;

  /** @throws RangeError where bins or levels are no whole numbers above 1 */
  constructor({bins = 2048, levels = 256}: HistogramOptions = {}) {
    for (const [name, value] of Object.entries({bins, levels}))
      if (!Number.isInteger(value) || value < 2) throw new RangeError(`Expected ${name} to be a whole number above 1, got ${value}`);
    this.bins = bins;
    this.levels = levels;
  }

  /** @throws RangeError at NaN, and where the values lie further apart than float32 reaches */
  observe(values: ArrayLike<number>): void {
    const finite = Float32Array.from(values).filter(x => Math.abs(x) !== Infinity);
    const batch = minMax(finite);
    if (!batch) return;
    const old = this.histogram;
    const range = old ? {min: Math.min(old.min, batch.min), max: Math.max(old.max, batch.max)} : batch;
    if (Math.fround(range.max - range.min) === Infinity)
      throw new RangeError(
        `Expected values no further apart than float32 reaches, got ${range.min} and ${range.max}; scale or clip them first`,
      );
    const counts = count(finite, range, this.bins);
    if (old) addTo(counts, range, old);
    this.histogram = {...range, counts};
  }

  range(): Range {
    const histogram = observed(this.histogram);
    const {min, max} = histogram;
    const width = Math.fround(Math.fround(max - min) / this.bins);
    const {start, end} = leastErrorBins(histogram, this.levels);
    return {min: Math.fround(min + Math.fround(width * start)), max: Math.fround(min + Math.fround(width * (end + 1)))};
  }
}

/** How many values lie in each of `bins` bins of one width from min to max, the ends included. As torch.histc. */
function count(values: Float32Array, {min, max}: Range, bins: number): Float32Array<ArrayBuffer> {
  const counts = new Float32Array(bins);
  const [low, high] = min === max ? [Math.fround(min - 1), Math.fround(max + 1)] : [min, max];
  const range = Math.fround(high - low);
  for (const x of values) {
    const bin = Math.trunc(Math.fround(Math.fround(Math.fround(x - low) * bins) / range));
    counts[Math.min(bin, bins - 1)]!++;
  }
  return counts;
}

/** Adds the counts of an old histogram to those of one whose range holds the old one's. */
function addTo(counts: Float32Array, range: Range, old: Histogram): void {
  const bins = counts.length;
  if (range.min === old.min && range.max === old.max) {
    for (let bin = 0; bin < bins; bin++) counts[bin]! += old.counts[bin]!;
    return;
  }
  if (old.min === old.max) {
    const total = old.counts.reduce((sum, n) => sum + n, 0);
    const where = count(Float32Array.of(old.min), range, bins);
    for (let bin = 0; bin < bins; bin++) counts[bin]! += where[bin]! * total;
    return;
  }
  const moved = new Float32Array(bins);
  const edges = linspace(range.min, range.max, bins);
  const fine = linspace(old.min, old.max, bins * upsampleRate);
  const half = Math.fround(0.5 * Math.fround(Math.fround(old.max - old.min) / (bins * upsampleRate)));
  for (let i = 0, bin = 0; i < bins * upsampleRate; i++) {
    const middle = Math.fround(fine[i]! + half);
    while (bin < bins - 1 && edges[bin + 1]! <= middle) bin++;
    moved[bin]! += old.counts[Math.floor(i / upsampleRate)]! / upsampleRate;
  }
  for (let bin = 0; bin < bins; bin++) counts[bin]! += moved[bin]!;
}
