import {expectFinite, expectNumber, expectRecord, expectTensor} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {DenseWeights} from '../../data/digits-mlp.ts';
import {isTensorData, type Plain} from '../../session/wire/plain.ts';

/** A shipped layer as the judge holds it: every field checked, nothing else kept. */
export interface ShippedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly codes: Int32Array;
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly bias: Float32Array;
  /** The grid of what flows in; its codes are 0 … 2^bits − 1. */
  readonly input: {readonly scale: number; readonly zeroPoint: number} | null;
}

/** The learner's export, held to the lesson's closed form: the layers and shapes of `model`, integer codes, one scale per column. @throws WrongAnswer */
export function expectShipped(value: Plain, model: readonly DenseWeights[]): ShippedLayer[] {
  if (!Array.isArray(value) || value.length !== model.length) {
    throw new WrongAnswer(
      `Expected trainQat to return a list of ${model.length} layers, got ${Array.isArray(value) ? `a list of ${value.length}` : 'something else'}`,
    );
  }
  return model.map(({kernel}, i) => expectLayer((value as Plain[])[i], kernel.shape as [number, number], `layer ${i}`, i === 0));
}

/** @throws WrongAnswer where the codes, which may be signed or unsigned, need more levels than the bits give */
export function expectBits(layers: readonly ShippedLayer[], bits: number): void {
  layers.forEach(({codes}, i) => {
    const needed = bitsNeeded(codes);
    if (needed > bits)
      throw new WrongAnswer(
        `Expected the codes of layer ${i} to fit ${bits} bits, at most ${2 ** bits} neighbouring integers, got codes that need ${needed} bits; is \`bits\` passed on to the grid?`,
      );
  });
}

/** What the layers weigh on disk: codes packed into the bits that they need, float32 scales and biases, zero points and input grids. */
export function shippedBytes(layers: readonly ShippedLayer[]): number {
  return layers.reduce((sum, {codes, scale, zeroPoint, bias, input}) => {
    const bits = bitsNeeded(codes);
    const zeroPointBytes = zeroPoint.every(z => z === 0) ? 0 : zeroPoint.length;
    return sum + Math.ceil((codes.length * bits) / 8) + 4 * scale.length + 4 * bias.length + zeroPointBytes + (input ? 5 : 0);
  }, 0);
}

/** The same at `bits` bits with one scale per column and a symmetric grid: what an export may weigh. */
export function layoutBytes(model: readonly DenseWeights[], bits: number): number {
  return model.reduce(
    (sum, {kernel, bias}, i) => sum + Math.ceil((kernel.data.length * bits) / 8) + 8 * bias.data.length + (i === 0 ? 0 : 5),
    0,
  );
}

function bitsNeeded(codes: Int32Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const code of codes) {
    if (code < low) low = code;
    if (code > high) high = code;
  }
  return Math.max(1, Math.ceil(Math.log2(high - low + 1)));
}

function expectLayer(value: Plain, [inputs, outputs]: [number, number], name: string, first: boolean): ShippedLayer {
  const fields = ['codes', 'scale', 'zeroPoint', 'bias', 'input'] as const;
  const layer = expectRecord(value, fields, name);
  const extra = Object.keys(layer).find(key => !fields.includes(key as (typeof fields)[number]));
  if (extra !== undefined)
    throw new WrongAnswer(`Expected ${name} to hold ${fields.join(', ')} and nothing else, got also ${JSON.stringify(extra.slice(0, 40))}`);
  const scale = floats(layer.scale, [outputs], `the scale of ${name}`);
  if (scale.some(s => s <= 0)) throw new WrongAnswer(`Expected every scale of ${name} to be above 0`);
  return {
    inputs,
    outputs,
    codes: integers(layer.codes, [inputs, outputs], `the codes of ${name}`, 2 ** 16),
    scale,
    zeroPoint: integers(layer.zeroPoint, [outputs], `the zeroPoint of ${name}`, 127),
    bias: floats(layer.bias, [outputs], `the bias of ${name}`),
    input: first ? expectPixels(layer.input, name) : expectInput(layer.input, name),
  };
}

function expectPixels(value: Plain, name: string): null {
  if (value !== null) throw new WrongAnswer(`Expected the input of ${name} to be null: the pixels stay as they are`);
  return null;
}

function expectInput(value: Plain, name: string): {scale: number; zeroPoint: number} {
  const input = expectRecord(value, ['scale', 'zeroPoint'], `the input of ${name}`);
  const [scale, zeroPoint] = [
    expectNumber(input.scale, `the input scale of ${name}`),
    expectNumber(input.zeroPoint, `the input zeroPoint of ${name}`),
  ];
  if (scale <= 0) throw new WrongAnswer(`Expected the input scale of ${name} to be above 0`);
  if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint > 255)
    throw new WrongAnswer(`Expected the input zeroPoint of ${name} to be a code, a whole number`);
  return {scale, zeroPoint};
}

function integers(value: Plain, shape: readonly number[], what: string, limit: number): Int32Array {
  if (isTensorData(value) && value.dtype !== 'int32')
    throw new WrongAnswer(
      `Expected ${what} to be integers (dtype int32), got dtype ${value.dtype}; what is shipped are the codes, not the weights`,
    );
  const {data} = expectTensor(value, {what, shape, dtype: 'int32'});
  if (data.some(code => Math.abs(code) > limit)) throw new WrongAnswer(`Expected ${what} to be small integers`);
  return data as Int32Array;
}

function floats(value: Plain, shape: readonly number[], what: string): Float32Array {
  const {data} = expectTensor(value, {what, shape, dtype: 'float32'});
  expectFinite(data, what);
  return data as Float32Array;
}
