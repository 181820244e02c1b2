import {expectNumber} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {storedInFloat16} from './inputs.ts';

export const chooseScale: Task = {
  name: 'chooseScale',
  title: 'A static loss scale',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'gradients that float16 would lose are recovered',
      points: 2,
      async measure(learner, draw) {
        // From 2^-36 to 2^-18: float16 alone keeps a few of them.
        const gradients = [[30, 4], [60]].map(shape => draw.tensor(shape, d => sign(d) * 2 ** d.uniform(-36, -19)));
        gradients.push(draw.tensor([3], d => sign(d) * 2 ** d.uniform(-19, -18)));
        const scale = await answerFor(learner, gradients);
        let worst = 0;
        for (const gradient of gradients) {
          const back = storedInFloat16(gradient, scale).map(value => value / scale);
          gradient.data.forEach((value, i) => (worst = Math.max(worst, Math.abs(back[i]! - value) / Math.abs(value))));
        }
        return {
          measured: Number.isFinite(worst) ? worst : Number.MAX_VALUE,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of the worst gradient',
          message:
            'Stored in float16 with your scale and divided by it again, some gradients are zero, infinite or far off. The scale must lift all of them into the middle of what float16 holds.',
        };
      },
    },
    {
      name: 'no gradient overflows, in no tensor',
      points: 1,
      async measure(learner, draw) {
        let infinite = 0;
        // The largest gradient is a negative one in the last tensor, a positive one in the first, and far above the mean.
        for (const [sign, place] of [
          [-1, 2],
          [1, 0],
        ] as const) {
          const gradients = [0, 1, 2].map(i =>
            draw.tensor([20], (d, j) => (i === place && j === 7 ? sign * d.uniform(3, 7) : d.normal(0, 1e-5))),
          );
          const scale = await answerFor(learner, gradients);
          for (const gradient of gradients) infinite += storedInFloat16(gradient, scale).filter(value => !Number.isFinite(value)).length;
        }
        return {
          measured: infinite,
          comparison: '==',
          threshold: 0,
          unit: 'infinite gradients',
          message:
            'With your scale a gradient becomes infinite in float16. The largest magnitude of all tensors decides, whatever its sign; a fixed number cannot know it.',
        };
      },
    },
    {
      name: 'it is the largest power of two that leaves headroom',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const [i, middle] of [-30, -12, 3, 19].entries()) {
          // A little above a power of two, then a little below the next: whoever rounds to the nearest power is wrong in one of them.
          const absMax = 2 ** (middle + draw.integer(-3, 3)) * (i % 2 === 0 ? draw.uniform(1.05, 1.35) : draw.uniform(1.5, 1.95));
          const gradients = [draw.tensor([2, 5], d => d.uniform(-0.9, 0.9) * absMax), draw.tensor([4], (_, i) => (i === 1 ? -absMax : 0))];
          const scale = await answerFor(learner, gradients);
          worst = Math.max(worst, Math.abs(Math.log2(scale / 2 ** Math.floor(Math.log2(32768 / absMax)))));
        }
        // A power of two comes to 32768 exactly.
        const exact = draw.integer(-20, 10);
        const scale = await answerFor(learner, [draw.tensor([3], (d, i) => (i === 1 ? 2 ** exact : d.uniform(0, 2 ** exact)))]);
        worst = Math.max(worst, Math.abs(Math.log2(scale) - (15 - exact)));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.02,
          unit: 'powers of two off',
          message:
            'The scale is not the largest power of two (…, 1/4, 1/2, 1, 2, 4, …) with which the largest magnitude comes to 32768 or less. Large gradients need a scale below 1; a scale that is no power of two rounds every gradient.',
        };
      },
    },
    {
      name: 'gradients of zero have a usable scale',
      points: 1,
      async measure(learner, draw) {
        const scale = await answerFor(learner, [draw.tensor([draw.integer(2, 6)], () => 0)]);
        return {
          measured: scale,
          comparison: '>',
          threshold: 0,
          unit: 'scale',
          message:
            'Where all gradients are 0 no scale can help, but the loss is still multiplied with it: return a finite number above 0, for example 1.',
        };
      },
    },
    {
      name: 'the gradients are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'chooseScale', [draw.tensor([3, 4]), draw.tensor([5])]),
    },
  ],
};

async function answerFor(learner: Learner, gradients: readonly TensorData[]): Promise<number> {
  const scale = expectNumber(await learner.call('chooseScale', gradients), 'the scale');
  if (!(scale > 0))
    throw new WrongAnswer('Expected a scale above 0: a loss that is multiplied with zero or less teaches nothing, or the opposite');
  return scale;
}

function sign(draw: Draw): number {
  return draw.pick([-1, 1]);
}
