import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {type DenseWeights, digitsMlp, disguise} from '../../data/digits-mlp.ts';
import {type Digits, digits} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {accuracyOf, codeOf, dense, fixedAccuracy, fixedSteps, signedLevels} from './reference.ts';

const [trainingImages, hiddenImages, updates] = [400, 600, 30];

export const learnSteps: Task = {
  name: 'learnSteps',
  title: 'Learn all steps of a network, ship its codes',
  timeoutMs: 120_000,
  checks: [
    {
      name: 'what is shipped are the given weights on the learned grid',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [3, 4]) {
          const {model, inputsOf} = network(draw.for(`${bits}`));
          const lame = withDeadUnit(model, draw.for('dead').integer(0, 31));
          const shipped = await shippedKernels(learner, lame, inputsOf(digits(60, `${draw.seed}/${bits}`)), {bits, updates: 3});
          wrong += offGrid(lame, shipped, bits);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The shipped codes are not clip(round(w / step)) of the given weights with the shipped steps. Make the codes after the last update, with the steps that you ship, on the grid of as many bits as were asked for; the weights stay as they are.',
        };
      },
    },
    {
      name: 'at 2 bits it beats every fixed step',
      points: 4,
      async measure(learner, draw) {
        const total = {learned: 0, fixed: 0, float: 0};
        // Two networks: how much the formulas lose differs from one to the next.
        for (const part of [draw.for('one'), draw.for('two')]) {
          const {model, inputsOf} = network(part);
          const shipped = await shippedKernels(learner, model, inputsOf(digits(trainingImages, `${part.seed}/training`)), {
            bits: 2,
            updates,
          });
          if (offGrid(model, shipped, 2) > 0)
            throw new WrongAnswer('The codes shipped at 2 bits are not those of the given weights, −2 … 1, with the shipped steps.');
          shipped.forEach(({step}, layer) => expectLearned(step, model[layer]!.kernel));
          const hidden = inputsOf(digits(hiddenImages, `${part.seed}/hidden`));
          const floats = model.map(({kernel}) => kernel.data);
          total.learned += accuracyOf(model, shipped.map(dequantized), hidden);
          total.fixed += fixedAccuracy(model, 2, hidden);
          total.float += accuracyOf(model, floats, hidden);
        }
        return {
          measured: (100 * (total.learned - total.fixed)) / (total.float - total.fixed),
          comparison: '>=',
          threshold: 15,
          unit: '% of the accuracy that the best fixed steps lose',
          message:
            'On hidden digits the learned steps are hardly better than steps that were fixed by a formula. Do the updates move the steps, downhill, in all layers, and by enough? Is what you ship what was learned?',
        };
      },
    },
  ],
};

interface Network {
  readonly model: readonly DenseWeights[];
  /** What the first layer, which stays float, hands on, and the classes by their new names. */
  readonly inputsOf: (digits: Digits) => Digits;
}

/**
 * The last two layers of a network that reads digits, in a disguise of its own. Four disguises on top of each other leave units of very unequal size,
 * as trained networks have them: no rule that looks at the weights alone knows which of them matter.
 */
function network(draw: Draw): Network {
  let model: readonly DenseWeights[] = digitsMlp();
  const renames: ((digits: Digits) => Digits)[] = [];
  for (let i = 0; i < 4; i++) {
    const disguised = disguise(model, draw.for(`${i}`));
    model = disguised.model;
    renames.push(disguised.rename);
  }
  const [first, ...rest] = model as readonly [DenseWeights, ...DenseWeights[]];
  return {
    model: rest,
    inputsOf: drawn => {
      const {images, labels} = renames.reduce((digits, rename) => rename(digits), drawn);
      const data = dense(images.data, first.kernel.data, first.bias.data, labels.length).map(value => Math.max(0, value));
      return {images: {dtype: 'float32', shape: [labels.length, first.bias.data.length], data}, labels};
    },
  };
}

interface Shipped {
  readonly codes: ArrayLike<number>;
  readonly step: ArrayLike<number>;
}

async function shippedKernels(
  learner: Learner,
  model: readonly DenseWeights[],
  {images, labels}: Digits,
  options: {bits: number; updates: number},
): Promise<Shipped[]> {
  const value: Plain = await learner.call(
    'learnSteps',
    model.map(layer => ({...layer})),
    images,
    {dtype: 'int32', shape: [labels.length], data: labels},
    options,
  );
  if (!Array.isArray(value) || value.length !== model.length)
    throw new WrongAnswer(
      `Expected learnSteps to return a list of ${model.length} kernels, got ${Array.isArray(value) ? `a list of ${value.length}` : 'something else'}`,
    );
  return model.map(({kernel}, i) => {
    const {codes, step} = expectRecord((value as Plain[])[i], ['codes', 'step'], `kernel ${i}`);
    const steps = expectTensor(step, {what: `the step of kernel ${i}`, shape: [kernel.shape[1]!], dtype: 'float32'}).data;
    if (steps.some(s => s <= 0))
      throw new WrongAnswer(
        `Expected every step of kernel ${i} to be above 0. A step that training may carry below 0 needs a guard; the logarithm of the step needs none.`,
      );
    return {codes: expectCodes(codes, {what: `the codes of kernel ${i}`, shape: kernel.shape}), step: steps};
  });
}

/** Codes that are not the nearest; next to a tie float32 decides, and either is right. */
function offGrid(model: readonly DenseWeights[], shipped: readonly Shipped[], bits: number): number {
  const levels = signedLevels(bits);
  return shipped.reduce(
    (sum, {codes, step}, layer) =>
      (model[layer]!.kernel.data as Float32Array).reduce((count, value, i) => {
        const own = step[i % step.length]!;
        const isRight = [0.999, 1, 1.001].some(nearly => codeOf(nearly * value, own, levels) === codes[i]);
        return count + (isRight ? 0 : 1);
      }, sum),
    0,
  );
}

/** @throws WrongAnswer where a layer's steps are one for all of its columns, or those of a formula: nothing has moved them, or nothing but together */
function expectLearned(step: ArrayLike<number>, kernel: TensorData): void {
  const isLike = (other: ArrayLike<number>): boolean => Array.from(step).every((value, j) => Math.abs(value / other[j]! - 1) < 1e-4);
  if (isLike(Array.from(step, () => step[0]!)))
    throw new WrongAnswer(
      'All columns of a layer were shipped with the same step. Each column has a step of its own, and each must learn: one variable of shape [outputs] per layer.',
    );
  if (fixedSteps.some(choose => isLike(choose(kernel, 2))))
    throw new WrongAnswer(
      'A layer was shipped with steps that a formula gives from its weights: they have not moved. Hand the variables of all layers to the optimizer, and ship what they have become.',
    );
}

function dequantized({codes, step}: Shipped): Float32Array {
  return Float32Array.from(codes, (code, i) => code * step[i % step.length]!);
}

/** A unit of the first of the layers whose weights are all zero, as training leaves some. */
function withDeadUnit(model: readonly DenseWeights[], unit: number): DenseWeights[] {
  return model.map((layer, i) => {
    if (i > 0) return layer;
    const {kernel} = layer;
    const columns = kernel.shape[1]!;
    const data = Float32Array.from(kernel.data, (value, at) => (at % columns === unit ? 0 : value));
    return {...layer, kernel: {...kernel, data}};
  });
}
