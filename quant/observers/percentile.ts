import type {Observer, Range} from './observer.ts';
import {SymmetricHistogram} from './symmetric-histogram.ts';

/** Leaves out the same share of values at either end, as counted in bins. As onnxruntime.quantization's percentile calibrator. */
export class PercentileObserver implements Observer {
  private readonly histogram: SymmetricHistogram;
  private readonly percentile: number;

  /** @param percentile how many of a hundred values the range shall hold. @throws RangeError outside 0 to 100 */
  constructor({percentile = 99.99, bins = 2048}: {readonly percentile?: number; readonly bins?: number} = {}) {
    if (!(percentile > 0 && percentile <= 100)) throw new RangeError(`Expected a percentile above 0 and up to 100, got ${percentile}`);
    this.percentile = percentile;
    this.histogram = new SymmetricHistogram(bins);
  }

  observe(values: ArrayLike<number>): void {
    this.histogram.observe(values);
  }

  range(): Range {
    const {counts} = this.histogram;
    const edges = this.histogram.edges();
    const total = counts.reduce((sum, n) => sum + n, 0);
    let sum = 0;
    const share = counts.map(n => (sum += n / total));
    const cut = (100 - this.percentile) / 200;
    const edge = (quantile: number): number => {
      const bin = share.findIndex(upTo => upTo >= quantile);
      return edges[bin < 0 ? counts.length : bin]!;
    };
    return this.histogram.within(edge(cut), edge(1 - cut));
  }
}
