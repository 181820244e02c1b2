import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {maxAbsError, meanAbsError} from '../../checking/metrics.ts';
import type {Check, Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {map} from './inputs.ts';

export const errors: Task = {
  name: 'errors',
  title: 'Measure the error',
  timeoutMs: 10_000,
  checks: [
    distance(
      'max is the largest distance',
      'max',
      maxAbsError,
      'max is not the largest distance. A value that came back too small is as wrong as one that came back too large: take the absolute value first.',
    ),
    distance(
      'mean is the average distance',
      'mean',
      meanAbsError,
      'mean is not the average distance. Without the absolute value errors of both signs cancel; a mean of squares is something else.',
    ),
    {
      name: 'the errors have the unit of the values',
      points: 1,
      async measure(learner, draw) {
        const original = draw.tensor([3, 4, 5]);
        const restored = map(original, value => value + draw.uniform(-0.1, 0.1));
        const factor = draw.pick([128, 256, 512]);
        const small = await answerFor(learner, original, restored);
        const large = await answerFor(
          learner,
          map(original, v => v * factor),
          map(restored, v => v * factor),
        );
        const growth = [large.max / small.max, large.mean / small.mean];
        return {
          measured: Math.max(...growth.map(g => (Number.isFinite(g) ? Math.abs(g / factor - 1) : 1))),
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative deviation of the growth',
          message:
            'When all values are some factor larger, both errors must be larger by that factor. Do not divide by the values, and do not square.',
        };
      },
    },
    {
      name: 'both tensors are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'errors', draw.tensor([4, 5]), draw.tensor([4, 5])),
    },
  ],
};

async function answerFor(learner: Learner, original: TensorData, restored: TensorData): Promise<{max: number; mean: number}> {
  const answer = expectRecord(await learner.call('errors', original, restored), ['max', 'mean'], 'the result of errors');
  return {max: expectNumber(answer.max, 'max'), mean: expectNumber(answer.mean, 'mean')};
}

/** The largest distance lies below its original value in one pair and above it in the other: a forgotten absolute value shows. */
function pairs(draw: Draw): [TensorData, TensorData][] {
  return [-1, 1].map(sign => {
    const original = draw.tensor([5, 12], d => d.normal());
    return [original, map(original, (value, i) => value + (i === 17 ? sign * draw.uniform(0.5, 0.6) : draw.uniform(-0.1, 0.1)))];
  });
}

function distance(name: string, field: 'max' | 'mean', of: typeof maxAbsError, message: string): Check {
  return {
    name,
    points: 1,
    async measure(learner, draw) {
      let worst = 0;
      for (const [original, restored] of pairs(draw)) {
        const right = of(original.data, restored.data);
        worst = Math.max(worst, Math.abs((await answerFor(learner, original, restored))[field] - right) / right);
      }
      return {measured: worst, comparison: '<=', threshold: 1e-3, unit: `relative deviation of ${field}`, message};
    },
  };
}
