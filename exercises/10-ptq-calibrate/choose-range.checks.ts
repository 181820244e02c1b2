import {expectNumber, expectRecord} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import type {Method, Range} from './interface.ts';
import {snap} from './network.ts';

export const chooseRange: Task = {
  name: 'chooseRange',
  title: 'Choose a range',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'minMax covers every batch',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        // The lowest and the highest value lie in different batches, neither in the first nor in the last.
        for (let repeat = 0; repeat < 2; repeat++) {
          const batches = [0, 1, 2, 3].map(i =>
            draw.tensor([6, 5], (d, at) =>
              at === 7 && i === 1 ? -d.uniform(4, 6) : at === 9 && i === 2 ? d.uniform(7, 9) : d.uniform(-2, 3),
            ),
          );
          const all = batches.flatMap(batch => [...batch.data]);
          worst = Math.max(worst, deviation(await answer(learner, batches, 'minMax', 8), {min: Math.min(...all), max: Math.max(...all)}));
        }
        return within(
          worst,
          'minMax must be the lowest and the highest value of all batches together: not of the last one, and not a mean of the batches.',
        );
      },
    },
    {
      name: 'zero is always inside',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const method of ['minMax', 'movingAverage', 'percentile', 'mse'] as const)
          for (const sign of [1, -1]) {
            const {min, max} = await answer(learner, [draw.tensor([40], d => sign * d.uniform(2, 5))], method, 8);
            worst = Math.max(worst, min / 5, -max / 5);
          }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-6,
          unit: 'distance of the range from 0, of the largest value',
          message:
            'All values lie on one side of zero here, and the range leaves zero out. Zero needs a code of its own: ReLU and padding make exact zeros.',
        };
      },
    },
    {
      name: 'movingAverage goes a tenth of the way to each next batch',
      points: 1,
      async measure(learner, draw) {
        const batches = [1, 4, 0.5, 6, 2].map(size => draw.tensor([50], d => size * d.uniform(-1, 1)));
        const ranges = batches.map(({data}) => ({min: Math.min(...data), max: Math.max(...data)}));
        const wanted = ranges
          .slice(1)
          .reduce((old, next) => ({min: old.min + 0.1 * (next.min - old.min), max: old.max + 0.1 * (next.max - old.max)}), ranges[0]!);
        return within(
          deviation(await answer(learner, batches, 'movingAverage', 8), wanted),
          'Begin with the range of the first batch; each further batch moves both ends by a tenth of the distance to its own. It is not a mean of all batches, and one loud batch must not decide.',
        );
      },
    },
    {
      name: 'percentile leaves out one value in a thousand at each end',
      points: 2,
      async measure(learner, draw) {
        // Half of the outliers in one batch: percentiles of single batches would miss them.
        const batches = [0, 1, 2, 3].map(i =>
          draw.tensor([2000], (d, at) => (at < (i === 2 ? 6 : 0) ? d.pick([-1, 1]) * d.uniform(50, 60) : d.normal())),
        );
        const sorted = Float32Array.from(batches.flatMap(batch => [...batch.data])).sort();
        const {min, max} = await answer(learner, batches, 'percentile', 8);
        const below = sorted.filter(value => value < min).length;
        const above = sorted.filter(value => value > max).length;
        return {
          measured: Math.max(Math.abs(below - 8), Math.abs(above - 8)),
          comparison: '<=',
          threshold: 1.5,
          unit: 'values too many or too few outside',
          message:
            'Sort the values of all batches together. One in a thousand may lie below the range and one in a thousand above it: 99.9% of them are below max. Ends between two values are fine.',
        };
      },
    },
    {
      name: 'mse loses least, at the bits that are asked for',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [3, 4, 8]) {
          // As after ReLU, with a tail: the fewer bits, the more of the tail is better cut off.
          const batches = [0, 1].map(() => draw.tensor([700], d => Math.max(0, d.normal()) ** 2 * (d.uniform() < 0.01 ? 5 : 1)));
          const values = batches.flatMap(batch => [...batch.data]);
          const largest = Math.max(...values);
          let best = Infinity;
          for (let share = 0.05; share <= 1.0001; share += 0.01) best = Math.min(best, loss(values, {min: 0, max: share * largest}, bits));
          worst = Math.max(worst, loss(values, await answer(learner, batches, 'mse', bits), bits) / best);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1.09,
          unit: '× the least squared error',
          message:
            'Another range loses clearly less. Try many ranges; for each, snap the values to a grid of 2^bits levels and measure the mean squared error, clipping included. Does the grid know its bits?',
        };
      },
    },
    {
      name: 'the batches are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'chooseRange', [draw.tensor([30]), draw.tensor([30])], 'percentile', 8),
    },
  ],
};

async function answer(learner: Learner, batches: readonly TensorData[], method: Method, bits: number): Promise<Range> {
  const {min, max} = expectRecord(await learner.call('chooseRange', batches, method, bits), ['min', 'max'], 'the result of chooseRange');
  return {min: expectNumber(min, 'min'), max: expectNumber(max, 'max')};
}

/** How far the ends are from those wanted, as a share of the width. */
function deviation(found: Range, wanted: Range): number {
  return Math.max(Math.abs(found.min - wanted.min), Math.abs(found.max - wanted.max)) / (wanted.max - wanted.min);
}

function within(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 1e-3, unit: '× the width of the range', message};
}

/** Mean squared error on the asymmetric grid of a range. A range without width is a grid of zeros alone. */
function loss(values: readonly number[], {min, max}: Range, bits: number): number {
  const scale = (max - min) / (2 ** bits - 1);
  const snapped = scale > 0 ? snap(values, {scale, zeroPoint: Math.round(-min / scale), bits}) : new Float32Array(values.length);
  return values.reduce((sum, value, i) => sum + (value - snapped[i]!) ** 2, 0) / values.length;
}
