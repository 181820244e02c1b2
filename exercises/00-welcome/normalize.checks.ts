import {expectTensor} from '../../checking/expect.ts';
import {maxAbsError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';

export const normalize: Task = {
  name: 'normalize',
  title: 'Normalize a tensor',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the smallest value becomes 0, the largest 1',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const x of cases(draw)) {
          const [low, high] = ends((await answerFor(learner, x)).data);
          worst = Math.max(worst, Math.abs(low), Math.abs(high - 1));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-4,
          unit: 'away from 0 or 1',
          message:
            'Your smallest value is not 0, or your largest is not 1. Move everything first, so that the smallest value lies at 0; then ask how long the range from the smallest to the largest is. (The values may all be negative, or all far from zero; and where they are very small, a constant that is added to the range is not.)',
        };
      },
    },
    {
      name: 'everything between keeps its place',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        let picture: {x: number[]; y: number[]} = {x: [], y: []};
        for (const x of cases(draw)) {
          const {data} = await answerFor(learner, x);
          const [low, high] = ends(x.data);
          worst = Math.max(
            worst,
            maxAbsError(
              x.data.map(value => (value - low) / (high - low)),
              data,
            ),
          );
          picture = {x: [...x.data], y: [...data]};
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-4,
          unit: 'largest distance',
          message:
            'A value halfway between the smallest and the largest must land halfway between 0 and 1. Only move and stretch, all values alike: no cutting off, no squares, no sorting, one minimum and one maximum for the whole tensor.',
          picture: {
            title: 'Your values (upward) over the given ones: should be a straight line',
            series: [{label: 'yours', ...picture, mark: 'dot'}],
          },
        };
      },
    },
    {
      name: 'equal values become zeros',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const value of [draw.uniform(1, 5), -draw.uniform(1, 5), 0]) {
          const {data} = await answerFor(
            learner,
            draw.tensor([draw.integer(1, 6)], () => value),
          );
          for (const got of data) if (got !== 0) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'values that are not 0',
          message: 'When all values are equal, the range is 0, and 0 / 0 is NaN ("not a number"). Give zeros then.',
        };
      },
    },
    {
      name: 'the input is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'normalize', draw.tensor([4, 5])),
    },
  ],
};

/** Around zero, above it, below it, very small: in one, two and three dimensions. */
function cases(draw: Draw): TensorData[] {
  return [
    draw.tensor([30], d => d.uniform(-2, 5)),
    draw.tensor([5, 7], d => d.uniform(10, 12)),
    draw.tensor([2, 3, 4], d => d.uniform(-9, -4)),
    draw.tensor([6, 4], d => d.normal(0, 1e-4)),
  ];
}

async function answerFor(learner: Learner, x: TensorData): Promise<TensorData> {
  return expectTensor(await learner.call('normalize', x), {what: 'the result of normalize', shape: x.shape});
}

function ends(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
  return [low, high];
}
