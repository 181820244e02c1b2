import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';

/** The grid of so many bits over a tensor's range: lines at low + i · step, i = 0 … 2^bits − 1. */
export interface Grid {
  readonly low: number;
  readonly step: number;
}

export function gridOf({data}: Pick<TensorData, 'data'>, bits: number): Grid {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return {low, step: (high - low) / (2 ** bits - 1)};
}

/** The line nearest to a value, in float64. */
export function nearestLine(value: number, {low, step}: Grid): number {
  return step === 0 ? low : low + step * Math.round((value - low) / step);
}

/** Values of which none lies near the middle between two lines, where float32 would decide: the rounding of ties is not asked for here. */
export function clearOfTies(
  draw: Draw,
  bits: number,
  shape: readonly number[],
  element: (draw: Draw, index: number) => number,
): TensorData {
  const x = draw.tensor(shape, element);
  const {low, step} = gridOf(x, bits);
  const data = x.data.map(value => {
    const steps = (value - low) / step;
    return Math.abs(steps - Math.floor(steps) - 0.5) < 0.05 ? value - 0.1 * step : value;
  });
  return {...x, data};
}
