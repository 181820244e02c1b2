import {minMax, observed, type Range} from './observer.ts';

interface State extends Range {
  readonly counts: Float64Array;
  readonly threshold: number;
}

/**
 * Counts of values in bins of one width from −threshold to threshold, the largest magnitude seen; when a larger one comes, bins of the same width are
 * added on both sides. As onnxruntime.quantization's HistogramCollector with np.histogram, in float32 like them.
 */
export class SymmetricHistogram {
  private state: State | undefined;

  /** @throws RangeError where bins is no whole number above 1 */
  constructor(private readonly bins: number) {
    if (!Number.isInteger(bins) || bins < 2) throw new RangeError(`Expected bins to be a whole number above 1, got ${bins}`);
  }

  /** @throws RangeError at NaN, at an infinity, and where the bins would be wider than float32 reaches */
  observe(values: ArrayLike<number>): void {
    const batch = minMax(values);
    if (!batch) return;
    const magnitude = Math.max(Math.abs(batch.min), Math.abs(batch.max));
    if (magnitude === Infinity) throw new RangeError('Expected finite values to count in bins, got an infinity; clip the values first');
    if (Math.fround(2 * magnitude) === Infinity)
      throw new RangeError(
        `Expected values to count in bins of up to half of what float32 reaches, got ${magnitude}; scale or clip them first`,
      );
    const old = this.state;
    if (!old) this.state = {...batch, threshold: magnitude, counts: count(values, this.bins, magnitude)};
    else this.state = {min: Math.min(old.min, batch.min), max: Math.max(old.max, batch.max), ...merge(old, values, magnitude)};
  }

  /** @throws Error where nothing was observed */
  get counts(): Float64Array {
    return observed(this.state).counts;
  }

  /** The ends of the bins, one more than there are bins. @throws Error where nothing was observed */
  edges(): Float32Array {
    const {counts, threshold} = observed(this.state);
    return edgesOf(counts.length, threshold);
  }

  /** Cuts a range down to what was really seen. Where that lies between two edges the range is a point, which ONNX Runtime's is not: it ends before it begins. */
  within(min: number, max: number): Range {
    const seen = observed(this.state);
    const cut = (end: number): number => Math.min(Math.max(end, seen.min), seen.max);
    return {min: cut(min), max: cut(max)};
  }
}

function merge(old: State, values: ArrayLike<number>, magnitude: number): Pick<State, 'counts' | 'threshold'> {
  const bins = old.counts.length;
  if (magnitude <= old.threshold || old.threshold === 0) {
    const threshold = Math.max(magnitude, old.threshold);
    return {threshold, counts: count(values, bins, threshold).map((n, bin) => n + old.counts[bin]!)};
  }
  const width = Math.fround(Math.fround(2 * old.threshold) / bins);
  const more = Math.floor(Math.fround(Math.fround(magnitude - old.threshold) / width)) + 1;
  const threshold = Math.fround(Math.fround(more * width) + old.threshold);
  const counts = count(values, bins + 2 * more, threshold);
  old.counts.forEach((n, bin) => (counts[bin + more]! += n));
  return {threshold, counts};
}

function count(values: ArrayLike<number>, bins: number, threshold: number): Float64Array {
  const counts = new Float64Array(bins);
  // np.histogram widens a range of no width by a half on each side.
  const end = threshold || 0.5;
  const edges = edgesOf(bins, threshold);
  const range = Math.fround(2 * end);
  for (let i = 0; i < values.length; i++) {
    const x = Math.fround(values[i]!);
    let bin = Math.min(Math.trunc(Math.fround(Math.fround(Math.fround(x + end) / range) * bins)), bins - 1);
    // The division may land beside the bin whose edges hold the value.
    if (x < edges[bin]!) bin--;
    else if (bin < bins - 1 && x >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return counts;
}

function edgesOf(bins: number, threshold: number): Float32Array {
  const end = threshold || 0.5;
  const step = Math.fround(Math.fround(2 * end) / bins);
  return Float32Array.from({length: bins + 1}, (_, i) => (i === bins ? end : Math.fround(i * step) - end));
}
