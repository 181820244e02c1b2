import {expectTensor} from '../../checking/expect.ts';
import {levels, maxAbsError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {clearOfTies, gridOf, nearestLine} from './inputs.ts';

export const quantizeToBits: Task = {
  name: 'quantizeToBits',
  title: 'Snap to the grid',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'every value goes to its nearest line',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        let [moved, low] = [0, 0];
        for (const [bits, x] of cases(draw)) {
          const grid = gridOf(x, bits);
          const snapped = await answerFor(learner, x, bits);
          x.data.forEach((value, i) => {
            const off = (snapped.data[i]! - nearestLine(value, grid)) / grid.step;
            worst = Math.max(worst, Math.abs(off));
            if (Math.abs(off) > 0.05) moved++;
            if (Math.abs(off + 1) < 0.05) low++;
          });
        }
        const advice =
          low > 0.9 * moved
            ? 'Those that are wrong are one line too low: floor goes down, it does not go to the nearest.'
            : 'Count the steps from the smallest value, (x − min) / step, round that count to the nearest whole number, and go back: count · step + min. The step depends on bits and on the range, max − min.';
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.05,
          unit: 'steps',
          message: `Some values are not on their nearest line. ${advice}`,
        };
      },
    },
    {
      name: 'the first line is at the smallest value, the last at the largest',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const [bits, x] of cases(draw)) {
          const snapped = await answerFor(learner, x, bits);
          const [from, to] = [ends(x.data), ends(snapped.data)];
          worst = Math.max(worst, ...from.map((end, i) => Math.abs(end - to[i]!) / (from[1] - from[0])));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.001,
          unit: '× range',
          message:
            'The smallest or the largest value moved, but both are on a line and must stay. The grid begins at min, wherever that is, not at zero and not at −max. And between 4 lines there are 3 steps: one fewer than lines.',
        };
      },
    },
    {
      name: 'there are as many lines as the bits can name',
      points: 1,
      async measure(learner, draw) {
        const [from, length] = [draw.uniform(-3, 1), draw.uniform(1, 4)];
        let missing = 0;
        let picture: {x: number[]; y: number[]} = {x: [], y: []};
        for (const bits of draw.shuffle([2, 3, 5, 8])) {
          const ramp = clearOfTies(draw, bits, [2501], (_, i) => from + (length * i) / 2500);
          const {data} = await answerFor(learner, ramp, bits);
          missing += Math.abs(levels(data) - 2 ** bits);
          if (bits === 3) picture = {x: [...ramp.data], y: [...data]};
        }
        return {
          measured: missing,
          comparison: '==',
          threshold: 0,
          unit: 'lines too few or too many',
          message:
            'Evenly spread values should reach every line, and there should be exactly levels(bits) of them. One line more than that? Then the range was divided by the number of lines, not of steps. The same number at every width? Then bits is not used.',
          picture: {title: 'Evenly spread values, snapped to 3 bits (upward)', series: [{label: 'your values', ...picture, mark: 'line'}]},
        };
      },
    },
    {
      name: '32 bits change next to nothing',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [31, 32]) {
          const x = draw.tensor([60], d => d.uniform(-1, 2));
          const [low, high] = ends(x.data);
          worst = Math.max(worst, maxAbsError(x.data, (await answerFor(learner, x, bits)).data) / (high - low));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 2e-6,
          unit: '× range',
          message:
            'With 31 or 32 bits the lines are closer together than float32 can tell, so the values should come back almost as they were. Integers overflow there: `1 << bits` does, and so does .toInt(), which holds 31 bits and a sign. Rounded floats need neither.',
        };
      },
    },
    {
      name: 'equal values stay as they are',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const value of [draw.uniform(0.3, 2), -draw.uniform(0.3, 2), 0]) {
          const same = draw.tensor([draw.integer(1, 6)], () => value);
          const {data} = await answerFor(learner, same, draw.integer(2, 8));
          for (const got of data) if (Math.abs(got - value) > 1e-6) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong values',
          message:
            'When all values are equal, the range is 0, the step is 0, and 0 / 0 is NaN. There is nothing to snap then: give the values back.',
        };
      },
    },
    {
      name: 'the input is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeToBits', draw.tensor([4, 5]), draw.integer(2, 6)),
    },
  ],
};

/** Around zero, above it, below it, lopsided with three axes: the smallest value is none that could be guessed. */
function cases(draw: Draw): (readonly [number, TensorData])[] {
  return draw.shuffle([
    [2, clearOfTies(draw, 2, [6, 8], d => d.normal(0, 0.4))],
    [3, clearOfTies(draw, 3, [40], d => d.uniform(2, 3))],
    [5, clearOfTies(draw, 5, [40], d => d.uniform(-5, -1))],
    [8, clearOfTies(draw, 8, [2, 5, 6], (d, i) => (i === 11 ? d.uniform(4, 5) : d.uniform(-0.5, 1)))],
  ]);
}

async function answerFor(learner: Learner, x: TensorData, bits: number): Promise<TensorData> {
  return expectTensor(await learner.call('quantizeToBits', x, bits), {what: 'the result of quantizeToBits', shape: x.shape});
}

function ends(values: ArrayLike<number>): [number, number] {
  return Array.from(values).reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as [number, number], [
    Infinity,
    -Infinity,
  ] as [number, number]);
}
