import {chooseQParams, type QParams, type QParamsChoice} from '../affine/qparams.ts';

/** The values that a grid shall cover. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Watches values go by, batch after batch, and says in the end which range a grid for them should cover. */
export interface Observer {
  /** Takes in a batch, of any shape and length. @throws RangeError at NaN */
  observe(values: ArrayLike<number>): void;
  /** @throws Error where nothing was observed */
  range(): Range;
}

/** The grid for what an observer saw: `chooseQParams` of its range. @throws RangeError as that, or where nothing was observed */
export function calculateQParams(observer: Observer, choice: QParamsChoice): QParams {
  const {min, max} = observer.range();
  return chooseQParams(min, max, choice);
}

/** The least and the largest of some values, in float32; undefined where there are none. @throws RangeError at NaN */
export function minMax(values: ArrayLike<number>, from = 0, to = values.length): Range | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (let i = from; i < to; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) throw new RangeError(`Expected numbers to observe, got NaN at ${i}; find where it comes from first`);
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return to > from ? {min: Math.fround(min), max: Math.fround(max)} : undefined;
}

export function observed<T>(state: T | undefined): T {
  if (state === undefined)
    throw new Error('Expected values to be observed before the range is asked for; run calibration data through first');
  return state;
}
