import {expectTensor} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {startingSteps} from './reference.ts';

export const initialStep: Task = {
  name: 'initialStep',
  title: 'Where the step starts',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'it is twice the mean size over √qmax',
      points: 1,
      async measure(learner, draw) {
        const elements: Record<string, (draw: Draw) => number> = {
          both: d => d.normal(0, 0.3),
          positive: d => d.uniform(0.1, 0.9),
          negative: d => d.uniform(-0.9, -0.1),
          constant: () => -0.25,
        };
        let worst = 0;
        for (const bits of [2, 3, 4, 8])
          for (const [name, element] of Object.entries(elements))
            worst = Math.max(worst, await deviation(learner, draw.for(`${bits}${name}`).tensor([60, 1], element), bits));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.001,
          unit: '× the step, the largest deviation',
          message:
            'The step is not 2 · mean|w| / √qmax. The mean is that of the sizes, without signs; qmax is the largest code of a signed grid, 2^(bits−1) − 1; and mind the root.',
        };
      },
    },
    {
      name: 'each column has a step of its own',
      points: 1,
      async measure(learner, draw) {
        const columns = 6;
        const w = draw.tensor([40, columns], (source, i) => source.normal(0, 10 ** (-2 + (i % columns) / 2)));
        return {
          measured: await deviation(learner, w, draw.pick([2, 3])),
          comparison: '<=',
          threshold: 0.001,
          unit: '× the step, the largest deviation',
          message: 'The columns share what should be their own. The mean runs along axis 0: from [inputs, outputs] to [outputs].',
        };
      },
    },
    {
      name: 'a column of zeros gets a step above 0',
      points: 1,
      async measure(learner, draw) {
        const w = draw.tensor([30, 4], (source, i) => (i % 4 === 2 ? 0 : source.normal(0, 0.2)));
        return {
          measured: (await stepsOf(learner, w, 2))[2]!,
          comparison: '>',
          threshold: 0,
          unit: 'is the step of a column of zeros',
          message:
            'A unit that died has zeros for weights. A step of 0 makes 0 / 0 of them: keep it above 0 by tf.maximum and something tiny.',
        };
      },
    },
    {
      name: 'the weights are still there afterwards',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'initialStep', draw.tensor([20, 3]), 3),
    },
  ],
};

async function deviation(learner: Learner, w: TensorData, bits: number): Promise<number> {
  const steps = await stepsOf(learner, w, bits);
  return Math.max(...startingSteps(w, bits).map((expected, j) => Math.abs(steps[j]! / expected - 1)));
}

async function stepsOf(learner: Learner, w: TensorData, bits: number): Promise<ArrayLike<number>> {
  return expectTensor(await learner.call('initialStep', w, bits), {what: 'the steps', shape: [w.shape[1]!], dtype: 'float32'}).data;
}
