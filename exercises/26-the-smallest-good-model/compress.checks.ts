import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {type DenseWeights, digitsMlp, disguise} from '../../data/digits-mlp.ts';
import {type Digits, digits} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain} from '../../session/wire/plain.ts';
import {asFloats, bytesOf, expectSmall, floatBytes, percentRight, type RestoredLayer} from './small-model.ts';

const [givenImages, hiddenImages] = [300, 800];

export const compress: Task = {
  name: 'compress',
  title: 'The smallest good model',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'the file keeps to its budget, whatever that is',
      points: 2,
      async measure(learner, draw) {
        const given = hand(draw);
        const budgets = [draw.uniform(9, 11), draw.uniform(13, 15)].map(part => Math.floor(floatBytes(given.model) / part));
        let over = 0;
        for (const budget of budgets) over += Math.max(0, bytesOf(await compressed(learner, given, budget)) - budget);
        return {
          measured: over,
          comparison: '==',
          threshold: 0,
          unit: 'bytes above the budget',
          message:
            'The file is larger than its budget. Count what the judge counts: packed codes, the mask, two bytes for each level, scale and bias, one byte for each layer; and choose by budgetBytes, not by a size that you expect.',
        };
      },
    },
    {
      name: 'at an eighth of the bytes it reads nearly all that it read',
      points: 2,
      measure: (learner, draw) => loss(learner, draw, {part: 8, threshold: 2}),
    },
    {
      name: 'at a twelfth of the bytes it loses little',
      points: 3,
      measure: (learner, draw) => loss(learner, draw, {part: 12, threshold: 4}),
    },
    {
      name: 'at a sixteenth of the bytes it still reads',
      points: 3,
      measure: (learner, draw) => loss(learner, draw, {part: 16, threshold: 7}),
    },
    {
      name: 'the network and the images are left as they were',
      points: 1,
      measure(learner, draw) {
        const given = hand(draw, 40);
        return unchangedInputs(learner, 'compress', ...inputsOf(given), Math.floor(floatBytes(given.model) / 12));
      },
    },
  ],
};

interface Given {
  /** Drawn for this submission alone: stored weights are at chance on its renamed digits. */
  readonly model: readonly DenseWeights[];
  readonly training: Digits;
  readonly rename: (digits: Digits) => Digits;
}

function hand(draw: Draw, images = givenImages): Given {
  const {model, rename} = disguise(digitsMlp(), draw.for('model'));
  return {model, rename, training: rename(digits(images, `${draw.seed}/training`))};
}

function inputsOf({model, training}: Given): Plain[] {
  const labels = {dtype: 'int32' as const, shape: [training.labels.length], data: training.labels};
  return [model.map(layer => ({...layer})), training.images, labels];
}

async function compressed(learner: Learner, given: Given, budget: number): Promise<RestoredLayer[]> {
  return expectSmall(await learner.call('compress', ...inputsOf(given), budget), given.model);
}

/** Points of accuracy below the float network, on hidden digits. */
async function loss(learner: Learner, draw: Draw, {part, threshold}: {part: number; threshold: number}): Promise<Measurement> {
  const given = hand(draw);
  const budget = Math.floor(floatBytes(given.model) / part);
  const layers = await compressed(learner, given, budget);
  if (bytesOf(layers) > budget)
    throw new WrongAnswer(
      `Expected a file of at most ${budget} bytes, got ${bytesOf(layers)}. Count packed codes, the mask, two bytes for each level, scale and bias, and one byte for each layer.`,
    );
  const hidden = given.rename(digits(hiddenImages, `${draw.seed}/hidden`));
  return {
    measured: percentRight(asFloats(given.model), hidden) - percentRight(layers, hidden),
    comparison: '<=',
    threshold,
    unit: 'points of accuracy below the float network',
    cost: {value: bytesOf(layers), unit: 'bytes'},
    message: `At 1/${part} of the float bytes, the network reads too few hidden digits. Where do the bytes go, and which layer needs its bits most? Is a scale chosen by its error or only by the largest weight? Does each output still have its old mean?`,
  };
}
