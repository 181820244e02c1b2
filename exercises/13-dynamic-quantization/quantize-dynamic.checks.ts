import {mismatches, relativeError} from '../../checking/metrics.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {digitsMlp, disguise} from '../../data/digits-mlp.ts';
import {digits} from '../../data/digits.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {dynamicCodes, multiply} from './inputs.ts';
import {expectModel, modelBytes, type PlainLayer, type PlainModel, replaced, type ReturnedModel, type Weight} from './models.ts';

export const quantizeDynamic: Task = {
  name: 'quantizeDynamic',
  title: 'Quantize a whole model',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'the model is at least 3.5 times smaller',
      points: 2,
      async measure(learner, draw) {
        const {model} = drawReader(draw);
        return {
          measured: modelBytes(Object.values(model.weights)) / modelBytes((await quantized(learner, model)).weights.values()),
          comparison: '>=',
          threshold: 3.5,
          unit: '× smaller',
          message:
            'The weights of dynamic layers should be kept as {codes, scales}, one byte and a share of a scale each. Is a float copy left among the weights, or a weight kept under a second key?',
        };
      },
    },
    {
      name: 'its outputs are those of the float model, within 3%',
      points: 2,
      async measure(learner, draw) {
        const {model, images} = drawReader(draw);
        const exact = scores(asReturned(model), images);
        return {
          measured: 100 * relativeError(exact, scores(await quantized(learner, model), images)),
          comparison: '<=',
          threshold: 3,
          unit: '% of the outputs',
          message:
            'Run with the weights that you returned, the model’s outputs are too far from those of the float model. A code is the nearest whole number of steps, and a step is the largest magnitude over 127.',
        };
      },
    },
    {
      name: 'a column of small weights keeps its detail',
      points: 1,
      async measure(learner, draw) {
        const [rows, columns] = [40, 8];
        const sizes = draw.shuffle(Array.from({length: columns}, (_, j) => 4 ** -j));
        const weight = draw.tensor([rows, columns], (d, i) => d.normal(0, sizes[i % columns]!));
        const layer = {name: 'uneven', kind: 'linear', weight: 'matrix'};
        const found = (await quantized(learner, {layers: [layer], weights: {matrix: weight}})).weights.get('matrix')!;
        return {
          measured:
            100 *
            worstColumn(
              weight,
              'codes' in found ? Float64Array.from(found.codes, (code, i) => code * found.scales[i % columns]!) : found.data,
            ),
          comparison: '<=',
          threshold: 2,
          unit: '% error of the worst column',
          message:
            'Each output has weights of its own size, and a column of small ones came out coarse. Give each column its own scale: the largest magnitude of that column over 127.',
        };
      },
    },
    {
      name: 'it reads hidden digits as well as before',
      points: 1,
      async measure(learner, draw) {
        const {model, images, labels} = drawReader(draw);
        const right = (reader: ReturnedModel): number =>
          100 * (1 - mismatches(labels, predictions(scores(reader, images))) / labels.length);
        return {
          measured: right(asReturned(model)) - right(await quantized(learner, model)),
          comparison: '<=',
          threshold: 2,
          unit: 'points of accuracy lost',
          message:
            'The quantized model reads fewer hidden digits than the float model. Is each weight paired with the scale of its own column?',
        };
      },
    },
    {
      name: 'what is not replaced stays exactly as it was',
      points: 1,
      async measure(learner, draw) {
        const {model} = drawReader(draw);
        const skipped = draw.pick(model.layers);
        const answer = await quantized(learner, model, [skipped.name]);
        const kept = [skipped.weight, ...model.layers.map(({bias}) => bias!)];
        return {
          measured: kept.filter(key => !sameValues(answer.weights.get(key), model.weights[key]!)).length,
          comparison: '==',
          threshold: 0,
          unit: 'changed tensors',
          message:
            'Biases and the weights of skipped layers are float32 as before, and under their keys. They are a small share of the file, and a bias rounded to 8 bits on its own scale costs more than it saves.',
        };
      },
    },
    {
      name: 'a weight that two layers share is stored once, and as int8 only where both are replaced',
      points: 2,
      async measure(learner, draw) {
        const tied = drawTied(draw);
        const answers = [await quantized(learner, tied), await quantized(learner, tied, ['first'])];
        const wanted = [
          ['codes', 'float'],
          ['float', 'float'],
        ];
        const wrong = answers.flatMap(({weights}, i) =>
          ['shared', 'table'].filter(
            (key, j) => formOf(weights.get(key)) !== wanted[i]![j] || weights.size !== Object.keys(tied.weights).length,
          ),
        );
        return {
          measured: wrong.length,
          comparison: '==',
          threshold: 0,
          unit: 'weights in the wrong form',
          message:
            'Decide by weight, not by layer: a weight that any float layer uses stays float, and a weight that two dynamic layers use is quantized once. Does quantizeDynamic use replaceLayers?',
        };
      },
    },
  ],
};

/** A network that reads digits, drawn anew: what the interface calls a model, and hidden digits for it. */
function drawReader(draw: Draw): {model: PlainModel; images: TensorData; labels: ArrayLike<number>} {
  const {model, rename} = disguise(digitsMlp(), draw.for('model'));
  const {images, labels} = rename(digits(300, `${draw.seed}/hidden`));
  return {
    images,
    labels,
    model: {
      layers: model.map((_, i) => ({name: `dense${i}`, kind: 'linear', weight: `w${i}`, bias: `b${i}`})),
      weights: Object.fromEntries(
        model.flatMap(({kernel, bias}, i) => [
          [`w${i}`, kernel],
          [`b${i}`, bias],
        ]),
      ),
    },
  };
}

/** An embedding tied to the head, and two linear layers tied to each other. */
function drawTied(draw: Draw): PlainModel {
  const [width, words] = [draw.integer(6, 9), draw.integer(20, 30)];
  return {
    layers: [
      {name: 'tokens', kind: 'embedding', weight: 'table'},
      {name: 'first', kind: 'linear', weight: 'shared'},
      {name: 'second', kind: 'linear', weight: 'shared'},
      {name: 'head', kind: 'linear', weight: 'table'},
    ],
    weights: {table: draw.tensor([words, width]), shared: draw.tensor([width, width])},
  };
}

async function quantized(learner: Learner, model: PlainModel, skip: readonly string[] = []): Promise<ReturnedModel> {
  const answer = expectModel(await learner.call('quantizeDynamic', {layers: model.layers, weights: model.weights}, skip), model);
  const expected = replaced(model.layers, skip);
  if (
    answer.layers.length !== expected.length ||
    answer.layers.some(({name, weight}, i) => name !== expected[i]!.name || weight !== expected[i]!.weight)
  )
    throw new WrongAnswer('Expected the layers of the given model, in their order and with their weights; got others');
  for (const {weight, bias} of answer.layers)
    for (const key of [weight, bias ?? weight])
      if (!answer.weights.has(key)) throw new WrongAnswer(`Expected a weight ${JSON.stringify(key)}, which a layer uses, got none`);
  for (const {name, kind, weight} of answer.layers)
    if ((kind === 'dynamicLinear') !== (formOf(answer.weights.get(weight)) === 'codes'))
      throw new WrongAnswer(
        `Expected the weight of a dynamicLinear layer as {codes, scales} and every other as a tensor; it is not so in ${JSON.stringify(name)}`,
      );
  return answer;
}

function formOf(weight: Weight | undefined): 'codes' | 'float' | 'missing' {
  return weight === undefined ? 'missing' : 'codes' in weight ? 'codes' : 'float';
}

const asReturned = ({layers, weights}: PlainModel): ReturnedModel => ({layers, weights: new Map(Object.entries(weights))});

function sameValues(actual: Weight | undefined, expected: TensorData): boolean {
  return actual !== undefined && 'data' in actual && mismatches(expected.data, actual.data) === 0;
}

/** The largest relative error of a column: ‖ŵ − w‖ / ‖w‖. */
function worstColumn({data, shape}: TensorData, actual: ArrayLike<number>): number {
  const columns = shape[1]!;
  const columnOf = (values: ArrayLike<number>, j: number): number[] => Array.from(values).filter((_, i) => i % columns === j);
  return Math.max(...Array.from({length: columns}, (_, j) => relativeError(columnOf(data, j), columnOf(actual, j))));
}

/** The model run by the judge on the codes that were returned, ReLU between the layers. [images, classes] */
function scores({layers, weights}: ReturnedModel, images: TensorData): Float64Array {
  let rows: ArrayLike<number> = images.data;
  let width = images.shape[1]!;
  layers.forEach((layer: PlainLayer, i) => {
    const weight = weights.get(layer.weight)!;
    const bias = (weights.get(layer['bias']!) as TensorData).data;
    const sums =
      'codes' in weight ? multiply(restored(rows), weight.codes, [width, bias.length]) : multiply(rows, weight.data, [width, bias.length]);
    rows = sums.map((sum, k) => {
      const column = k % bias.length;
      const y = sum * ('codes' in weight ? weight.scales[column]! : 1) + bias[column]!;
      return i === layers.length - 1 ? y : Math.max(0, y);
    });
    width = bias.length;
  });
  return rows as Float64Array;
}

function restored(rows: ArrayLike<number>): Float64Array {
  const {codes, scale, zeroPoint} = dynamicCodes(rows);
  return Float64Array.from(codes, code => scale * (code - zeroPoint));
}

function predictions(scores: Float64Array, classes = 10): number[] {
  return Array.from({length: scores.length / classes}, (_, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b), -Infinity));
  });
}
