import type {Observer, Range} from './observer.ts';
import {SymmetricHistogram} from './symmetric-histogram.ts';

/** What an empty bin counts, so that the logarithm of a ratio exists. */
const smoothing = 1e-4;

/**
 * Clips where the distribution of the values loses least information: the range, symmetric about 0, whose quantized histogram has the smallest
 * Kullback-Leibler divergence from the clipped one. As onnxruntime.quantization's entropy calibrator.
 * Source: Migacz 2017, 8-bit Inference with TensorRT.
 */
export class EntropyObserver implements Observer {
  private readonly histogram: SymmetricHistogram;
  private readonly levels: number;

  /** @param levels codes that the histogram is quantized to. @throws RangeError where there are more levels than bins */
  constructor({bins = 2048, levels = 128}: {readonly bins?: number; readonly levels?: number} = {}) {
    if (!Number.isInteger(levels) || levels < 2 || levels > bins)
      throw new RangeError(`Expected a whole number of levels from 2 to the ${bins} bins, got ${levels}`);
    this.levels = levels;
    this.histogram = new SymmetricHistogram(bins);
  }

  observe(values: ArrayLike<number>): void {
    this.histogram.observe(values);
  }

  range(): Range {
    const {counts} = this.histogram;
    const edges = this.histogram.edges();
    const zero = Math.floor(counts.length / 2);
    const least = {divergence: NaN, start: 0, end: 0};
    for (let half = Math.floor(this.levels / 2); half <= zero; half++) {
      const start = zero - half;
      const end = Math.min(zero + half + 1, counts.length);
      const divergence = this.divergence(counts, start, end);
      if (!(least.divergence <= divergence)) Object.assign(least, {divergence, start, end});
    }
    return this.histogram.within(edges[least.start]!, edges[least.end]!);
  }

  /** Of the histogram clipped to the bins `start` … `end` − 1 from the same one on `levels` codes. */
  private divergence(counts: Float64Array, start: number, end: number): number {
    const inside = counts.slice(start, end);
    const clipped = inside.slice();
    clipped[0]! += total(counts.subarray(0, start));
    clipped[clipped.length - 1]! += total(counts.subarray(end));
    const quantized = new Float64Array(inside.length);
    const merged = Math.floor(inside.length / this.levels);
    for (let level = 0; level < this.levels; level++) {
      const [from, to] = [level * merged, (level + 1) * merged];
      const upTo = level === this.levels - 1 ? inside.length : to;
      const filled = clipped.subarray(from, to).reduce((n, count) => n + (count === 0 ? 0 : 1), 0);
      // Whole counts, as there.
      if (filled > 0) quantized.fill(Math.trunc(total(inside.subarray(from, upTo)) / filled), from, to);
    }
    return klDivergence(smooth(clipped), smooth(quantized));
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Takes a little from what is there for what is empty; undefined where everything is. */
function smooth(counts: Float64Array): Float64Array | undefined {
  const empty = counts.reduce((n, count) => n + (count === 0 ? 1 : 0), 0);
  const filled = counts.length - empty;
  if (filled === 0) return undefined;
  const given = (smoothing * empty) / filled;
  return counts.map(count => (count === 0 ? smoothing : count - given));
}

function klDivergence(p: Float64Array | undefined, q: Float64Array | undefined): number {
  if (!p || !q) return Infinity;
  const [totalP, totalQ] = [total(p), total(q)];
  return p.reduce((sum, n, i) => sum + (n / totalP) * Math.log(n / totalP / (q[i]! / totalQ)), 0);
}
