import {expectNumber} from '../../checking/expect.ts';
import type {Check, Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';

type Pair = readonly [original: TensorData, restored: TensorData];

export const averageError: Task = {
  name: 'averageError',
  title: 'Measure the average error',
  timeoutMs: 10_000,
  checks: [
    agrees(
      'it is the average distance in percent of the average size',
      2,
      draw => noisy(draw, draw.tensor([6, 20]), 0.1),
      'Your number is not 100 · Σ|restored − original| / Σ|original|. Is it in percent? Is it the average, not the largest, and not a root of squares?',
    ),
    agrees(
      'errors in both directions count',
      1,
      draw => {
        const original = draw.tensor([80], d => d.uniform(1, 3));
        return [original, map(original, (value, i) => value + (i % 2 === 0 ? 0.2 : -0.2))];
      },
      'Errors up and down cancelled each other. A value that came back too small is as wrong as one that came back too large: take the absolute value of each difference before you add.',
    ),
    agrees(
      'values near zero do not blow it up',
      1,
      draw => {
        const original = draw.tensor([100], (d, i) => (i % 3 === 0 ? d.normal(0, 1e-4) : d.normal()));
        return noisy(draw, original, 0.05);
      },
      'A few values close to zero decide your whole number. Do not divide value by value: x̂ / x explodes where x is almost zero. Add all distances, add all sizes, then divide once.',
    ),
    agrees(
      'it is relative to the original values',
      1,
      draw => {
        const original = draw.tensor([50], (d, i) => (i === 7 ? d.uniform(20, 30) : d.normal(0.5, 1)));
        const shrink = draw.uniform(0.5, 0.7);
        return [original, map(original, value => value * shrink)];
      },
      'Relative to what? To the average |original|: not to the range or the largest value, which one outlier decides, not to the restored values, and the sizes have no sign.',
    ),
    {
      name: 'zeros that stay zeros have no error',
      points: 1,
      async measure(learner, draw) {
        const zeros = draw.tensor([draw.integer(3, 9)], () => 0);
        return {
          measured: Math.abs(await answerFor(learner, [zeros, zeros])),
          comparison: '==',
          threshold: 0,
          unit: '%',
          message:
            'All values are zero and came back as zero: nothing is wrong, so the error is 0. (0 / 0 is NaN, and a constant that avoids it must not make an error.)',
        };
      },
    },
    {
      name: 'both tensors are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'averageError', draw.tensor([4, 5]), draw.tensor([4, 5])),
    },
  ],
};

function agrees(name: string, points: number, pair: (draw: Draw) => Pair, message: string): Check {
  return {
    name,
    points,
    async measure(learner, draw) {
      const given = pair(draw);
      const right = percent(given);
      return {
        measured: Math.abs((await answerFor(learner, given)) - right) / right,
        comparison: '<=',
        threshold: 1e-3,
        unit: 'relative deviation',
        message,
      };
    },
  };
}

async function answerFor(learner: Learner, [original, restored]: Pair): Promise<number> {
  return expectNumber(await learner.call('averageError', original, restored), 'the result of averageError');
}

function percent([original, restored]: Pair): number {
  let [distances, sizes] = [0, 0];
  for (let i = 0; i < original.data.length; i++) {
    distances += Math.abs(restored.data[i]! - original.data[i]!);
    sizes += Math.abs(original.data[i]!);
  }
  return (100 * distances) / sizes;
}

/** Not all errors are of one size, and more go up than down: an average, a largest one and a root of squares differ. */
function noisy(draw: Draw, original: TensorData, size: number): Pair {
  return [original, map(original, value => value + draw.uniform(-0.5, 1) * size)];
}

function map(x: TensorData, f: (value: number, index: number) => number): TensorData {
  return {dtype: 'float32', shape: x.shape, data: Float32Array.from(x.data, f)};
}
