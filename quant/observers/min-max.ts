import {countElements} from '../formats/shape.ts';
import {chooseQParams, type QParamsChoice} from '../affine/qparams.ts';
import {forEachRun, type Granularity, slicesOf} from '../affine/granularity.ts';
import type {Grid} from '../affine/quantize.ts';
import {minMax, type Observer, observed, type Range} from './observer.ts';

/** The least and the largest of all values: nothing is clipped, and one outlier stretches the grid. As torch.ao's MinMaxObserver. */
export class MinMaxObserver implements Observer {
  private seen: Range | undefined;

  observe(values: ArrayLike<number>): void {
    const batch = minMax(values);
    if (batch) this.seen = this.seen ? join(this.seen, batch) : batch;
  }

  range(): Range {
    return observed(this.seen);
  }
}

/**
 * Follows the least and the largest of each batch: min ← min + c · (batch's min − min), likewise max, in float32; the first batch as it is.
 * As torch.ao's MovingAverageMinMaxObserver.
 */
export class MovingAverageMinMaxObserver implements Observer {
  private seen: Range | undefined;

  /** @param averagingConstant c: 1 takes the last batch alone, 0 the first. @throws RangeError outside 0 to 1 */
  constructor(private readonly averagingConstant = 0.01) {
    if (!(averagingConstant >= 0 && averagingConstant <= 1))
      throw new RangeError(`Expected an averaging constant from 0 to 1, got ${averagingConstant}`);
  }

  observe(values: ArrayLike<number>): void {
    const batch = minMax(values);
    if (!batch) return;
    if (!this.seen) this.seen = batch;
    else this.seen = {min: this.step(this.seen.min, batch.min), max: this.step(this.seen.max, batch.max)};
  }

  range(): Range {
    return observed(this.seen);
  }

  private step(average: number, value: number): number {
    return Math.fround(average + Math.fround(this.averagingConstant * Math.fround(value - average)));
  }
}

/** The range of each slice of a tensor whose shape stays the same, as weights have it. As torch.ao's PerChannelMinMaxObserver. */
export class SliceMinMaxObserver {
  private ranges: (Range | undefined)[] = [];

  /** @throws RangeError where the granularity does not fit the shape */
  constructor(
    private readonly shape: readonly number[],
    private readonly granularity: Granularity,
  ) {
    this.ranges = Array.from({length: slicesOf(shape, granularity).count});
  }

  /** @throws RangeError at NaN, or where there are not as many values as the shape has */
  observe(values: ArrayLike<number>): void {
    const elements = countElements(this.shape);
    if (values.length !== elements)
      throw new RangeError(`Expected ${elements} values of shape [${this.shape.join(', ')}], got ${values.length}`);
    forEachRun(values.length, slicesOf(this.shape, this.granularity), (from, to, slice) => {
      const batch = minMax(values, from, to);
      const seen = this.ranges[slice];
      if (batch) this.ranges[slice] = seen ? join(seen, batch) : batch;
    });
  }

  /** One range for each slice. @throws Error where nothing was observed */
  slices(): readonly Range[] {
    return this.ranges.map(observed);
  }

  /** The grid for `quantize`. @throws Error where nothing was observed */
  grid(choice: QParamsChoice): Grid {
    const qparams = this.slices().map(({min, max}) => chooseQParams(min, max, choice));
    return {
      qtype: choice.qtype,
      granularity: this.granularity,
      scales: qparams.map(({scale}) => scale),
      zeroPoints: qparams.map(({zeroPoint}) => zeroPoint),
    };
  }
}

function join(a: Range, b: Range): Range {
  return {min: Math.min(a.min, b.min), max: Math.max(a.max, b.max)};
}
