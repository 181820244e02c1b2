import {expectRecord} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {isTypedArray, type Plain} from '../../session/wire/plain.ts';
import {drawConfig, elements, parametersOf, tensorsOf} from './inputs.ts';
import type {Gpt2Config, NamedShape} from './interface.ts';

export const parameterShapes: Task = {
  name: 'parameterShapes',
  title: 'Write the shapes down',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the parameters add up',
      points: 2,
      measure: (learner, draw) =>
        worst(
          learner,
          draw,
          'parameters too many or too few',
          (tensors, config) => Math.abs(tensors.reduce((sum, {shape}) => sum + elements(shape), 0) - parametersOf(config)),
          'The sum of all shapes is not the number of parameters. Usual causes: the output layer counted although it is the token embedding; biases or a norm forgotten; heads counted as if each had the full width.',
        ),
    },
    {
      name: 'a layer has twelve tensors, and the model four more',
      points: 1,
      measure: (learner, draw) =>
        worst(
          learner,
          draw,
          'tensors too many or too few',
          (tensors, config) => Math.abs(tensors.length - tensorsOf(config).length),
          'The number of tensors is not right. Queries, keys and values are one matrix in GPT-2, not three; each matrix and each norm has a weight and a bias; after the last layer comes one more norm.',
        ),
    },
    {
      name: 'every tensor has its own name',
      points: 1,
      measure: (learner, draw) =>
        worst(
          learner,
          draw,
          'names missing',
          (tensors, config) => {
            const names = new Set(tensors.map(({name}) => name));
            return tensorsOf(config).filter(({name}) => !names.has(name)).length;
          },
          'Some names of the table are missing. Layers count from h.0, each has its own number in its names, and a name ends in .weight or .bias.',
        ),
    },
    {
      name: 'matrices are inputs × outputs',
      points: 1,
      measure: (learner, draw) =>
        worst(
          learner,
          draw,
          'wrong shapes',
          (tensors, config) => {
            const shapes = new Map(tensors.map(({name, shape}) => [name, shape.join()]));
            return tensorsOf(config).filter(({name, shape}) => shapes.get(name) !== shape.join()).length;
          },
          'Some tensors do not have the shape of the table. GPT-2 stores a matrix as [inputs, outputs], the other way round than nn.Linear of PyTorch; an embedding has a row for each token or position.',
        ),
    },
    {
      name: 'the config is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'parameterShapes', {...drawConfig(draw)}),
    },
  ],
};

async function worst(
  learner: Learner,
  draw: Draw,
  unit: string,
  wrong: (tensors: readonly NamedShape[], config: Gpt2Config) => number,
  message: string,
): Promise<Measurement> {
  let measured = 0;
  for (const part of ['first', 'second', 'third']) {
    const config = drawConfig(draw.for(part));
    measured = Math.max(measured, wrong(expectShapes(await learner.call('parameterShapes', {...config})), config));
  }
  return {measured, comparison: '==', threshold: 0, unit, message};
}

/** Names with or without the `transformer.` that some files put before them. */
function expectShapes(answer: Plain): NamedShape[] {
  if (!Array.isArray(answer))
    throw new WrongAnswer('Expected parameterShapes to return a list of {name, shape}: one entry for each tensor.');
  return (answer as readonly Plain[]).map(entry => {
    const {name, shape} = expectRecord(entry, ['name', 'shape'], 'an entry of the list');
    const sizes = isTypedArray(shape) ? Array.from(shape) : shape;
    if (typeof name !== 'string' || !Array.isArray(sizes) || !sizes.every(n => Number.isSafeInteger(n) && n >= 0))
      throw new WrongAnswer('Expected each entry to have a name, a string, and a shape, a list of whole numbers.');
    return {name: name.replace(/^transformer\./, ''), shape: sizes as number[]};
  });
}
