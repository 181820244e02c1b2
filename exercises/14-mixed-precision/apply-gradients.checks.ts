import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {expectOwnTensors, unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {tensorOf} from './inputs.ts';

interface Options {
  readonly scale: number;
  readonly learningRate: number;
  readonly maxNorm: number;
}

const shapes = [[3, 4], [4]];

export const applyGradients: Task = {
  name: 'applyGradients',
  title: 'One safe step',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'a step goes along the true gradients',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const scale of [1, 2 ** draw.integer(3, 6), 2 ** draw.integer(9, 12)]) {
          const options = {scale, learningRate: draw.uniform(0.05, 0.2), maxNorm: Infinity};
          worst = Math.max(worst, await deviation(learner, draw, options));
        }
        return within(
          worst,
          'A step is not learningRate · gradient, downhill. The gradients that you get are those of scale · loss: too large by that factor. Divide by it first.',
        );
      },
    },
    {
      name: 'the norm is limited after the scale is taken out',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        // The true norm is about 4: below the limit, then above it.
        for (const maxNorm of [draw.uniform(9, 12), draw.uniform(0.5, 1)]) {
          const options = {scale: 2 ** draw.integer(8, 12), learningRate: draw.uniform(0.05, 0.2), maxNorm};
          worst = Math.max(worst, await deviation(learner, draw, options));
        }
        const zeros = shapes.map(shape => draw.tensor(shape, () => 0));
        await answerFor(learner, draftMasters(draw), zeros, {scale: 256, learningRate: 0.1, maxNorm: 1});
        return within(
          worst,
          'With a limit to the norm the step is another one. The limit is meant for the true gradients, so unscale first; one norm over all tensors, one common factor for all, and nothing changes below the limit.',
        );
      },
    },
    {
      name: 'one gradient that is no number skips the whole step',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        const masters = draftMasters(draw);
        for (const bad of [Infinity, -Infinity, NaN]) {
          // In the last tensor: a look at the first one does not find it.
          const scaled = shapes.map((shape, i) => draw.tensor(shape, (d, j) => (i === 1 && j === 2 ? bad : d.normal(0, 50))));
          const {weights, taken} = await answerFor(learner, masters, scaled, {scale: 256, learningRate: 0.1, maxNorm: 5});
          if (taken) wrong++;
          weights.forEach(({data}, i) => data.forEach((value, j) => (wrong += value === masters[i]!.data[j] ? 0 : 1)));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'changed weights and wrong answers to `taken`',
          message:
            'One gradient was Infinity, −Infinity or NaN. Then none of this step can be trusted: return all weights as they were, and taken: false. Setting the bad ones to zero, or looking at one tensor alone, is not enough.',
        };
      },
    },
    {
      name: 'large gradients that are numbers are no reason to skip',
      points: 1,
      async measure(learner, draw) {
        let skipped = 0;
        for (const sign of [-1, 1]) {
          const scaled = shapes.map((shape, i) => draw.tensor(shape, (d, j) => (i === 0 && j < 6 ? sign * 65504 : d.normal(0, 9))));
          const {taken} = await answerFor(learner, draftMasters(draw), scaled, {scale: 2 ** 12, learningRate: 0.01, maxNorm: Infinity});
          if (!taken) skipped++;
        }
        return {
          measured: skipped,
          comparison: '==',
          threshold: 0,
          unit: 'steps skipped without need',
          message:
            'A gradient of 65504 is the largest number of float16, but it is a number: take the step. Only infinities and NaN are a reason to skip.',
        };
      },
    },
    {
      name: 'the scale is taken out in float32',
      points: 1,
      async measure(learner, draw) {
        // True gradients near 1e-8, which float16 does not hold, and a learning rate that fits them.
        const options = {scale: 2 ** draw.integer(30, 33), learningRate: 2 ** 22, maxNorm: Infinity};
        return within(
          await deviation(learner, draw, options),
          'Small gradients arrived safely, and were lost when the scale was taken out. The true gradients need float32: do not round them to 16 bits again.',
        );
      },
    },
    {
      name: 'many small steps add up in the weights',
      points: 2,
      async measure(learner, draw) {
        const start = shapes.map(shape => draw.tensor(shape, d => d.uniform(1.1, 1.8)));
        // Each step is about a tenth of the distance between float16's numbers above 1.
        const scaled = shapes.map(shape => draw.tensor(shape, d => d.pick([-1, 1]) * d.uniform(0.9, 1.1)));
        const options = {scale: 1024, learningRate: 0.1, maxNorm: Infinity};
        const steps = 60;
        let weights: readonly TensorData[] = start;
        for (let i = 0; i < steps; i++) weights = (await answerFor(learner, weights, scaled, options)).weights;
        let worst = 0;
        start.forEach(({data}, i) =>
          data.forEach((value, j) => {
            const way = (-steps * options.learningRate * scaled[i]!.data[j]!) / options.scale;
            worst = Math.max(worst, Math.abs((weights[i]!.data[j]! - value) / way - 1));
          }),
        );
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: 'of the way missing',
          message:
            'After many small steps the weights are not where the sum of the steps leads. A step of less than half the distance between two 16-bit numbers is rounded away, or rounded up, each time: keep the master weights in float32, before and after the step.',
        };
      },
    },
    {
      name: 'weights and gradients are left as they were',
      points: 1,
      async measure(learner, draw) {
        const [masters, options] = [draftMasters(draw), {scale: 8, learningRate: 0.1, maxNorm: 1}];
        // In a skipped step the new weights are the old ones, and it is tempting to return the very tensors.
        const infinite = shapes.map(shape => draw.tensor(shape, () => Infinity));
        await expectOwnTensors(learner, 'applyGradients', masters, infinite, options);
        const scaled = shapes.map(shape => draw.tensor(shape));
        return unchangedInputs(learner, 'applyGradients', masters, scaled, options);
      },
    },
  ],
};

function draftMasters(draw: Draw): TensorData[] {
  return shapes.map(shape => draw.tensor(shape, d => d.normal(0, 0.5)));
}

async function answerFor(
  learner: Learner,
  masters: readonly TensorData[],
  scaled: readonly TensorData[],
  options: Options,
): Promise<{weights: TensorData[]; taken: boolean}> {
  const answer = expectRecord(
    await learner.call('applyGradients', masters, scaled, {...options}),
    ['weights', 'taken'],
    'the result of applyGradients',
  );
  const {weights, taken} = answer;
  if (typeof taken !== 'boolean') throw new WrongAnswer(`Expected taken to be true or false, got a ${typeof taken}`);
  if (!Array.isArray(weights) || weights.length !== masters.length)
    throw new WrongAnswer('Expected weights to be a list with one tensor per master weight');
  return {
    weights: masters.map(({shape}, i) => expectTensor(weights[i], {what: `weights[${i}]`, shape, dtype: 'float32'})),
    taken,
  };
}

/** The largest distance between the learner's change of a weight and the right one, as a share of the largest right change. */
async function deviation(learner: Learner, draw: Draw, {scale, learningRate, maxNorm}: Options): Promise<number> {
  const masters = draftMasters(draw);
  const size = scale > 2 ** 20 ? 1e-8 : 1;
  const scaled = shapes.map(shape => draw.tensor(shape, d => d.normal(0, size) * scale));
  const {weights} = await answerFor(learner, masters, scaled, {scale, learningRate, maxNorm});
  const norm = Math.hypot(...scaled.flatMap(({data}) => Array.from(data, value => value / scale)));
  const shrink = norm > maxNorm ? maxNorm / norm : 1;
  const right = scaled.map(({shape, data}) =>
    tensorOf(
      shape,
      Array.from(data, value => (-learningRate * shrink * value) / scale),
    ),
  );
  const largest = Math.max(...right.flatMap(({data}) => Array.from(data, Math.abs)));
  let worst = 0;
  right.forEach(({data}, i) =>
    data.forEach((change, j) => {
      worst = Math.max(worst, Math.abs(weights[i]!.data[j]! - masters[i]!.data[j]! - change));
    }),
  );
  return worst / largest;
}

function within(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 1e-3, unit: 'of the largest change', message};
}
