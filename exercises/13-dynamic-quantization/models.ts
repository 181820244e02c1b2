import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import {isTensorData, type Plain, type TensorData} from '../../session/wire/plain.ts';

/** A model of the judge: the interface's, with plain data for tensors. */
export interface PlainLayer {
  readonly [field: string]: string;
  readonly name: string;
  readonly kind: string;
  readonly weight: string;
}

export interface PlainInt8 {
  /** [inputs, outputs] */
  readonly codes: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
}

export interface PlainModel {
  readonly layers: readonly PlainLayer[];
  readonly weights: Readonly<Record<string, TensorData>>;
}

export type Weight = TensorData | PlainInt8;

export interface ReturnedModel {
  readonly layers: readonly PlainLayer[];
  readonly weights: ReadonlyMap<string, Weight>;
}

/** The layers of a small language model, with eleven or more blocks, so that names such as block.1 and block.10 are both there. */
export function drawLayers(draw: Draw): PlainLayer[] {
  const tag = draw.integer(100, 999);
  const blocks = Array.from({length: draw.integer(11, 13)}, (_, i) => [
    {name: `block.${i}.norm`, kind: 'norm', weight: `norm${tag}.${i}`},
    {name: `block.${i}.up`, kind: 'linear', weight: `up${tag}.${i}`, bias: `bias${tag}.${i}`},
    {name: `block.${i}.down`, kind: 'linear', weight: `down${tag}.${i}`},
  ]).flat();
  return [
    {name: 'tokens', kind: 'embedding', weight: `tokens${tag}`},
    ...blocks,
    {name: 'final', kind: 'norm', weight: `final${tag}`},
    {name: 'pooler', kind: 'linear', weight: `pooler${tag}`},
    {name: 'head', kind: 'linear', weight: `tokens${tag}`},
  ];
}

/** Which layers `skip` leaves alone: a name stands for the layer, or for all of a block. */
export function isSkipped({name}: PlainLayer, skip: readonly string[]): boolean {
  return skip.some(entry => name === entry || name.startsWith(`${entry}.`));
}

/** Linear layers become dynamic, but for those on the skip list and those whose weight is shared with a layer that stays. */
export function replaced(layers: readonly PlainLayer[], skip: readonly string[]): PlainLayer[] {
  const stays = (layer: PlainLayer): boolean => layer.kind !== 'linear' || isSkipped(layer, skip);
  const shared = new Set(layers.filter(stays).map(({weight}) => weight));
  return layers.map(layer => (shared.has(layer.weight) ? layer : {...layer, kind: 'dynamicLinear'}));
}

const fields = ['name', 'kind', 'weight', 'bias'];

/** A list of layers, each with the interface's fields. @throws WrongAnswer */
export function expectLayers(value: Plain, what: string): PlainLayer[] {
  if (!Array.isArray(value)) throw new WrongAnswer(`Expected ${what} to be a list of layers, got something else; is a \`return\` missing?`);
  return (value as readonly Plain[]).map((one, i) => {
    const layer = expectRecord(one, ['name', 'kind', 'weight'], `layer ${i} of ${what}`);
    for (const field of fields) {
      const text = (layer as Record<string, Plain>)[field];
      if (typeof text !== 'string' && !(field === 'bias' && text === undefined))
        throw new WrongAnswer(`Expected \`${field}\` of layer ${i} of ${what} to be a text, as in the layer that was given`);
    }
    return Object.fromEntries(Object.entries(layer).filter(([, text]) => text !== undefined)) as PlainLayer;
  });
}

/** How many layers are not the same in all their fields, whatever the fields' order; a missing or additional layer counts. */
export function differentLayers(expected: readonly PlainLayer[], actual: readonly PlainLayer[]): number {
  const spelled = (layer?: PlainLayer): string => JSON.stringify(layer && Object.entries(layer).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Array.from({length: Math.max(expected.length, actual.length)}, (_, i) => i).filter(
    i => spelled(expected[i]) !== spelled(actual[i]),
  ).length;
}

/** @throws WrongAnswer where a weight is neither a tensor nor int8 codes with a scale for each output */
export function expectModel(value: Plain, given: PlainModel): ReturnedModel {
  const {layers, weights} = expectRecord(value, ['layers', 'weights'], 'the result of quantizeDynamic');
  const found = expectRecord(weights, [], 'its weights');
  return {
    layers: expectLayers(layers, 'the result'),
    weights: new Map(
      Object.entries(found).map(([key, weight]) => [key, expectWeight(weight as Plain, key.slice(0, 40), given.weights[key]?.shape)]),
    ),
  };
}

function expectWeight(value: Plain, key: string, shape: readonly number[] | undefined): Weight {
  if (shape === undefined)
    throw new WrongAnswer(`Expected the keys of the given model among the weights, got another one: ${JSON.stringify(key)}`);
  if (isTensorData(value)) return expectTensor(value, {what: `the weight ${JSON.stringify(key)}`, shape, dtype: 'float32'});
  const weight = expectRecord(value, ['codes', 'scales'], `the weight ${JSON.stringify(key)}`);
  const codes = expectCodes(weight.codes, {what: 'codes', shape});
  for (let i = 0; i < codes.length; i++)
    if (codes[i]! < -128 || codes[i]! > 127 || !Number.isInteger(codes[i]))
      throw new WrongAnswer('Expected codes from −127 to 127, which a byte holds, got one beyond');
  return {codes, scales: expectTensor(weight.scales, {what: 'scales', shape: [shape[1]!]}).data};
}

/** What a file of the model holds: a byte for a code, four for a float. */
export function modelBytes(weights: Iterable<Weight>): number {
  let bytes = 0;
  for (const weight of weights) bytes += 'codes' in weight ? weight.codes.length + 4 * weight.scales.length : 4 * weight.data.length;
  return bytes;
}
