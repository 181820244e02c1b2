import {expectFinite, expectRecord} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {DenseWeights} from '../../data/digits-mlp.ts';
import type {Digits} from '../../data/digits.ts';
import {roundFloats} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {isTypedArray, type Plain} from '../../session/wire/plain.ts';

/** A returned layer as the judge holds it: what it weighs as a file, and the weights that such a file gives back. */
export interface RestoredLayer {
  readonly bytes: number;
  /** [inputs, outputs] */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

const fields = ['bits', 'levels', 'codes', 'mask', 'scales', 'bias'] as const;

/** The learner's model, held to the lesson's closed form: the layers and shapes of `model`, and nothing beside the six fields. @throws WrongAnswer */
export function expectSmall(value: Plain, model: readonly DenseWeights[]): RestoredLayer[] {
  if (!Array.isArray(value) || value.length !== model.length)
    throw new WrongAnswer(
      `Expected compress to return a list of ${model.length} layers, got ${Array.isArray(value) ? `a list of ${value.length}` : 'something else'}`,
    );
  return model.map(({kernel}, i) => expectLayer((value as Plain[])[i], kernel.shape as [number, number], `layer ${i}`));
}

/** What the whole file weighs. */
export function bytesOf(layers: readonly RestoredLayer[]): number {
  return layers.reduce((sum, {bytes}) => sum + bytes, 0);
}

/** What the float network weighs: four bytes for each weight and bias. */
export function floatBytes(model: readonly DenseWeights[]): number {
  return model.reduce((sum, {kernel, bias}) => sum + 4 * (kernel.data.length + bias.data.length), 0);
}

export function asFloats(model: readonly DenseWeights[]): RestoredLayer[] {
  return model.map(({kernel, bias}) => ({bytes: 0, kernel: kernel.data as Float32Array, bias: bias.data as Float32Array}));
}

/** The share of `digits` that the layers read right, in percent: plain arrays, no tensors, so that it runs wherever checks run. */
export function percentRight(layers: readonly RestoredLayer[], {images, labels}: Digits): number {
  const scores = layers.reduce((h, layer, i) => dense(h, layer, labels.length, i < layers.length - 1), images.data as Float32Array);
  const classes = layers.at(-1)!.bias.length;
  let right = 0;
  labels.forEach((label, row) => {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    if (own.indexOf(own.reduce((a, b) => Math.max(a, b), -Infinity)) === label) right++;
  });
  return (100 * right) / labels.length;
}

function expectLayer(value: Plain, [inputs, outputs]: [number, number], name: string): RestoredLayer {
  const layer = expectRecord(value, fields, name);
  if (Object.keys(layer).some(key => !(fields as readonly string[]).includes(key)))
    throw new WrongAnswer(`Expected ${name} to hold ${fields.join(', ')} and nothing else, got another field: a file has no place for it`);
  const {bits} = layer;
  if (typeof bits !== 'number' || !Number.isInteger(bits) || bits < 1 || bits > 8)
    throw new WrongAnswer(`Expected the bits of ${name} to be a whole number from 1 to 8`);
  const levels = floats(layer.levels, `the levels of ${name}`);
  if (levels.length === 0 || levels.length > 2 ** bits)
    throw new WrongAnswer(
      `Expected at most ${2 ** bits} levels in ${name}, which is what ${bits} bits can tell apart, got ${levels.length}`,
    );
  const scales = floats(layer.scales, `the scales of ${name}`);
  if (scales.length !== 1 && scales.length !== outputs)
    throw new WrongAnswer(`Expected one scale for ${name} or one for each of its ${outputs} outputs, got ${scales.length}`);
  const bias = floats(layer.bias, `the bias of ${name}`);
  if (bias.length !== outputs) throw new WrongAnswer(`Expected ${outputs} biases in ${name}, one for each output, got ${bias.length}`);

  const weights = inputs * outputs;
  const mask = layer.mask === null ? null : bytes(layer.mask, weights, 1, `the mask of ${name}`);
  const kept = mask === null ? null : Uint8Array.from(unpack(mask, {bits: 1, signed: false, length: weights}));
  const keptCount = kept === null ? weights : kept.reduce((sum, bit) => sum + bit, 0);
  const packed = bytes(layer.codes, keptCount, bits, `the codes of ${name}`);
  const codes = unpack(packed, {bits, signed: false, length: keptCount});
  if (Array.from(codes).some(code => code >= levels.length))
    throw new WrongAnswer(`Expected every code of ${name} to have a level, got codes beyond its ${levels.length} levels`);

  const kernel = new Float32Array(weights);
  let next = 0;
  for (let i = 0; i < weights; i++) {
    if (kept !== null && kept[i] === 0) continue;
    kernel[i] = levels[codes[next++]!]! * scales[scales.length === 1 ? 0 : i % outputs]!;
  }
  // One byte says the bits and whether there is a mask; levels, scales and biases have two each.
  const size = 1 + packed.length + (mask?.length ?? 0) + 2 * (levels.length + scales.length + bias.length);
  return {bytes: size, kernel, bias};
}

/** float16, whatever was given: the file has no more. @throws WrongAnswer */
function floats(value: Plain, what: string): Float32Array {
  if (!(value instanceof Float32Array)) throw new WrongAnswer(`Expected ${what} to be a Float32Array, got something else`);
  expectFinite(value, what);
  const rounded = roundFloats(value, float16);
  if (rounded.some(x => !Number.isFinite(x))) throw new WrongAnswer(`Expected ${what} to be numbers that float16 holds, below 65504`);
  return rounded;
}

function bytes(value: Plain, count: number, bits: number, what: string): Uint8Array {
  const length = Math.ceil((count * bits) / 8);
  if (!isTypedArray(value) || !(value instanceof Uint8Array))
    throw new WrongAnswer(`Expected ${what} to be a Uint8Array, packed by packBits`);
  if (value.length !== length)
    throw new WrongAnswer(
      `Expected ${what} to fill ${length} bytes: ${count} codes of ${bits} ${bits === 1 ? 'bit' : 'bits'}, packed; got ${value.length}`,
    );
  return value;
}

function dense(h: Float32Array, {kernel, bias}: RestoredLayer, rows: number, relu: boolean): Float32Array {
  const outputs = bias.length;
  const inputs = kernel.length / outputs;
  const output = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const own = output.subarray(row * outputs, (row + 1) * outputs);
    own.set(bias);
    for (let i = 0; i < inputs; i++) {
      const value = h[row * inputs + i]!;
      if (value === 0) continue;
      for (let j = 0; j < outputs; j++) own[j]! += value * kernel[i * outputs + j]!;
    }
    if (relu) for (let j = 0; j < outputs; j++) if (own[j]! < 0) own[j] = 0;
  }
  return output;
}
