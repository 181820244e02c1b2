import {expectNumber, expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {expectOwnTensors, unchangedInputs} from '../../checking/unchanged.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {closeBy, lossOf, type Problem, strains} from './inputs.ts';
import type {TrainOptions} from './interface.ts';
import {trainByReference} from './reference.ts';

const staticScale = (scale: number) => ({initialScale: scale, growthFactor: 1, backoffFactor: 1, growthInterval: 1000, minScale: 1});
const dynamicScale = {initialScale: 2 ** 48, growthFactor: 2, backoffFactor: 0.5, growthInterval: 25, minScale: 1};
const common = {format: 'float16', learningRate: 4, maxNorm: Infinity} as const;

export const trainMixed: Task = {
  name: 'trainMixed',
  title: 'Train in 16 bits',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'with a static scale float16 learns what it would lose',
      points: 2,
      async measure(learner, draw) {
        const problem = strains(draw);
        return {
          measured: await lossLeft(learner, problem, {...common, steps: 40, scaler: staticScale(2 ** 24)}),
          comparison: '<=',
          threshold: 2e-3,
          unit: 'of the first loss',
          message:
            'The training in float16 stalls far from its goal, although a good scale was given. Hand scaler.scale() to backward, and the same number to applyGradients, in each step; the weights of one step begin the next.',
        };
      },
    },
    {
      name: 'a scale that is too large comes down, and training goes on',
      points: 2,
      async measure(learner, draw) {
        const problem = strains(draw);
        return {
          measured: await lossLeft(learner, problem, {...common, steps: 60, scaler: dynamicScale}),
          comparison: '<=',
          threshold: 2e-3,
          unit: 'of the first loss',
          message:
            'The scale began so high that gradients overflowed. Tell the scaler of every step, taken or skipped: then it comes down, and the training catches up.',
        };
      },
    },
    {
      name: 'skipped steps are counted',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        // Once the training ends before the scale has come down: no step is tried twice.
        for (const steps of [4, 40]) {
          const problem = strains(draw);
          const options = {...common, steps, scaler: {...dynamicScale, initialScale: 2 ** draw.integer(46, 52)}};
          const {skipped} = await answerFor(learner, problem, options);
          worst = Math.max(worst, Math.abs(skipped - trainByReference(problem, options).skipped));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1,
          unit: 'steps more or fewer than the judge’s own training skips',
          message:
            'The number of skipped steps is not what it must be. It comes from the scaler, which hears of each step once; a training that skips nothing here does not compute in float16.',
        };
      },
    },
    {
      name: 'float16 without scaling stalls: the format is real',
      points: 1,
      async measure(learner, draw) {
        return {
          guard: true,
          measured: await lossLeft(learner, strains(draw), {...common, steps: 40, scaler: staticScale(1)}),
          comparison: '>=',
          threshold: 5e-3,
          unit: 'of the first loss',
          message:
            'With a scale of 1 float16 must lose these gradients, and your training does not. Hand the format and the scaler’s own scale to backward; do not compute in float32 beside it.',
        };
      },
    },
    {
      name: 'bfloat16 learns without scaling',
      points: 1,
      async measure(learner, draw) {
        return {
          measured: await lossLeft(learner, strains(draw), {...common, format: 'bfloat16', steps: 40, scaler: staticScale(1)}),
          comparison: '<=',
          threshold: 2e-3,
          unit: 'of the first loss',
          message:
            'In bfloat16 no gradient is lost, even with a scale of 1, but your training stalls. Is the format of the options handed on?',
        };
      },
    },
    {
      name: 'steps below half a unit in the last place add up',
      points: 2,
      async measure(learner, draw) {
        const options = {...common, learningRate: 0.2, steps: 100, scaler: staticScale(1024)};
        return {
          measured: await lossLeft(learner, closeBy(draw), options),
          comparison: '<=',
          threshold: 0.14,
          unit: 'of the first loss',
          message:
            'Weights between 1 and 2 should move by many steps that are smaller than the distance of two float16 numbers, and they do not arrive. Between the steps the weights must stay float32; backward makes its own 16-bit copies.',
        };
      },
    },
    {
      name: 'a step is unscaled by the scale that it was scaled with',
      points: 1,
      async measure(learner, draw) {
        const problem = closeBy(draw);
        // The scale grows after every step: who reads it again afterwards finds another one.
        const options = {
          ...common,
          learningRate: 0.5,
          steps: 2,
          scaler: {...dynamicScale, initialScale: 64, growthFactor: 4, growthInterval: 1},
        };
        const {weights} = await answerFor(learner, problem, options);
        const right = trainByReference(problem, options).weights.map((data, i) => ({...problem.start[i]!, data: Float32Array.from(data)}));
        return {
          measured: Math.abs(wayFrom(problem, weights) / wayFrom(problem, right) - 1),
          comparison: '<=',
          threshold: 0.2,
          unit: 'relative deviation of the way',
          message:
            'When the scale changes from step to step, the weights move too far or not far enough. Read the scale once per step, before update() changes it, and use this number to scale and to unscale.',
        };
      },
    },
    {
      name: 'the limit of the norm is handed on',
      points: 1,
      async measure(learner, draw) {
        const problem = closeBy(draw);
        const maxNorm = draw.uniform(1e-3, 2e-3);
        const options = {...common, learningRate: 0.5, maxNorm, steps: 5, scaler: staticScale(1024)};
        const {weights} = await answerFor(learner, problem, options);
        return {
          measured: Math.abs(wayFrom(problem, weights) / (5 * 0.5 * maxNorm) - 1),
          comparison: '<=',
          threshold: 0.2,
          unit: 'of the way that the limit allows',
          message: 'With a small maxNorm the weights have moved too far or not enough. It belongs to applyGradients, in every step.',
        };
      },
    },
    {
      name: 'the losses are those of the model, not of the scaled gradients',
      points: 1,
      async measure(learner, draw) {
        const problem = strains(draw);
        const {losses} = await answerFor(learner, problem, {...common, steps: 6, scaler: staticScale(2 ** 20)});
        if (losses.length !== 6) throw new WrongAnswer('Expected losses to hold one number per step');
        return {
          measured: Math.abs(losses[0]! / lossOf(problem, problem.start) - 1),
          comparison: '<=',
          threshold: 0.05,
          unit: 'relative deviation of the first loss',
          message:
            'The first of the losses is not the mean squared error that training begins with. A loss that is shown is never multiplied with the scale.',
        };
      },
    },
    {
      name: 'start, x and y are left as they were',
      points: 1,
      async measure(learner, draw) {
        const {start, x, y} = strains(draw);
        const optionsWith = (scaler: TrainOptions['scaler']): Plain => ({...common, steps: 2, scaler: {...scaler}}) as Plain;
        // With a scale that two steps do not bring down far enough the weights end where they began.
        await expectOwnTensors(learner, 'trainMixed', [...start], x, y, optionsWith({...dynamicScale, initialScale: 2 ** 60}));
        return unchangedInputs(learner, 'trainMixed', [...start], x, y, optionsWith(staticScale(2 ** 20)));
      },
    },
  ],
};

async function answerFor(
  learner: Learner,
  {start, x, y}: Problem,
  options: TrainOptions,
): Promise<{weights: TensorData[]; losses: number[]; skipped: number}> {
  const answer = expectRecord(
    await learner.call('trainMixed', [...start], x, y, {...options, scaler: {...options.scaler}} as Plain),
    ['weights', 'losses', 'skipped'],
    'the result of trainMixed',
  );
  const {weights, losses} = answer;
  if (!Array.isArray(weights) || weights.length !== start.length)
    throw new WrongAnswer('Expected weights to be a list, the kernel and the bias');
  if (!Array.isArray(losses)) throw new WrongAnswer('Expected losses to be a list of numbers');
  return {
    weights: start.map(({shape}, i) => expectTensor(weights[i], {what: ['the kernel', 'the bias'][i]!, shape, dtype: 'float32'})),
    losses: losses.map((loss: Plain) => expectNumber(loss, 'a loss')),
    skipped: expectNumber(answer.skipped, 'skipped'),
  };
}

/** How far weights are from where they began. */
function wayFrom({start}: Problem, weights: readonly TensorData[]): number {
  return Math.hypot(...weights.flatMap(({data}, i) => Array.from(data, (value, j) => value - start[i]!.data[j]!)));
}

/** The judge's own loss of the trained weights, as a share of the loss before. */
async function lossLeft(learner: Learner, problem: Problem, options: TrainOptions): Promise<number> {
  const {weights} = await answerFor(learner, problem, options);
  return lossOf(problem, weights) / lossOf(problem, problem.start);
}
