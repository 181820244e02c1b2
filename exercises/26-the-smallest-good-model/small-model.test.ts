import {describe, expect, test} from 'vitest';
import {WrongAnswer} from '../../checking/types.ts';
import type {DenseWeights} from '../../data/digits-mlp.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {SmallLayer} from './interface.ts';
import {asFloats, bytesOf, expectSmall, floatBytes, percentRight} from './small-model.ts';

const layerOf = (shape: readonly [number, number], kernel: readonly number[], bias: readonly number[]): DenseWeights => ({
  kernel: {dtype: 'float32', shape: [...shape], data: Float32Array.from(kernel)},
  bias: {dtype: 'float32', shape: [bias.length], data: Float32Array.from(bias)},
});
const model = [layerOf([3, 2], [0, 0, 0, 0, 0, 0], [0, 0])];

/** Six codes of two bits in two bytes, from the lowest bit on: 1 2 3 0 and 1 2. */
const whole = {
  bits: 2,
  levels: Float32Array.of(-1, 0, 0.5, 2),
  codes: Uint8Array.of(0b00_11_10_01, 0b10_01),
  mask: null,
  scales: Float32Array.of(10, 100),
  bias: Float32Array.of(0.25, -3),
} satisfies SmallLayer;
/** The weights at 0, 3 and 4 are kept, their codes are 3, 0 and 2. */
const masked = {...whole, mask: Uint8Array.of(0b01_1001), codes: Uint8Array.of(0b10_00_11)} satisfies SmallLayer;

const changed = (change: Record<string, Plain>): Plain => [{...whole, ...change}];
const halves = (...values: readonly number[]): Float32Array => Float32Array.from(values);

describe('a small layer', () => {
  test('gives back level × scale of the column, row by row', () => {
    const [layer] = expectSmall([whole], model);
    expect([...layer!.kernel]).toEqual([0, 50, 20, -100, 0, 50]);
    expect([...layer!.bias]).toEqual([0.25, -3]);
  });

  test('gives back zeros where the mask keeps nothing, and takes codes only where it does', () => {
    expect([...expectSmall([masked], model)[0]!.kernel]).toEqual([20, 0, 0, -100, 5, 0]);
  });

  test('has one scale for all columns where there is one', () => {
    expect([...expectSmall(changed({scales: halves(10)}), model)[0]!.kernel]).toEqual([0, 5, 20, -10, 0, 5]);
  });

  test('weighs one byte, its packed codes and mask, and two bytes for each level, scale and bias', () => {
    expect(bytesOf(expectSmall([whole], model))).toBe(1 + 2 + 2 * (4 + 2 + 2));
    expect(bytesOf(expectSmall([masked], model))).toBe(1 + 1 + 1 + 2 * (4 + 2 + 2));
    expect(bytesOf(expectSmall([whole, masked], [...model, ...model]))).toBe(19 + 19);
  });

  test('is read as float16 holds it: what needs more digits is rounded', () => {
    // Above 2048 the numbers of float16 are two apart, and 1/3 is 1365/4096 there.
    const [layer] = expectSmall(changed({levels: halves(1 / 3, 0, 1, 1), bias: halves(2051, 1 / 3), scales: halves(1)}), model);
    expect([...layer!.bias]).toEqual([2052, 1365 / 4096]);
    expect(layer!.kernel[3]).toBe(1365 / 4096);
  });

  test('keeps the bytes of the learner as they were', () => {
    expectSmall([masked], model);
    expect([...masked.codes, ...masked.mask]).toEqual([0b10_00_11, 0b01_1001]);
  });
});

describe('what is no small model is refused', () => {
  test.each<[string, Plain, string]>([
    ['no list', whole, 'a list of 1 layers, got something else'],
    ['a layer too many', [whole, whole], 'a list of 1 layers, got a list of 2'],
    ['a layer without its mask', [Object.fromEntries(Object.entries(whole).filter(([field]) => field !== 'mask'))], 'one without `mask`'],
    ['a field beside the six', changed({kernel: halves(1)}), 'nothing else, got another field'],
    ['no bits', changed({bits: 0}), 'a whole number from 1 to 8'],
    ['nine bits', changed({bits: 9}), 'a whole number from 1 to 8'],
    ['half a bit', changed({bits: 1.5}), 'a whole number from 1 to 8'],
    ['bits as text', changed({bits: '2'}), 'a whole number from 1 to 8'],
    ['no levels', changed({levels: halves()}), 'at most 4 levels in layer 0, which is what 2 bits can tell apart, got 0'],
    ['more levels than codes', changed({levels: halves(1, 2, 3, 4, 5)}), 'at most 4 levels'],
    ['a level that is no number', changed({levels: halves(NaN)}), 'the levels of layer 0'],
    ['a level beyond float16', changed({levels: halves(65_520)}), 'numbers that float16 holds, below 65504'],
    ['levels in float64', changed({levels: Float64Array.of(1, 2)}), 'the levels of layer 0 to be a Float32Array'],
    ['a scale for every weight', changed({scales: halves(1, 1, 1, 1, 1, 1)}), 'one for each of its 2 outputs, got 6'],
    ['no scale', changed({scales: halves()}), 'one for each of its 2 outputs, got 0'],
    ['an infinite scale', changed({scales: halves(Infinity)}), 'the scales of layer 0'],
    ['weights hidden in the bias', changed({bias: halves(1, 2, 3)}), '2 biases in layer 0, one for each output, got 3'],
    ['codes that are not packed', changed({codes: new Uint8Array(6)}), 'to fill 2 bytes: 6 codes of 2 bits, packed; got 6'],
    ['codes that are no bytes', changed({codes: new Int32Array(2)}), 'the codes of layer 0 to be a Uint8Array'],
    ['a mask of a byte for each weight', changed({mask: new Uint8Array(6)}), 'to fill 1 bytes: 6 codes of 1 bit, packed; got 6'],
    ['codes for weights that the mask drops', [{...masked, codes: whole.codes}], 'to fill 1 bytes: 3 codes of 2 bits'],
    ['a code beyond the levels', changed({levels: halves(-1, 0, 0.5)}), 'got codes beyond its 3 levels'],
  ])('%s', (_, value, message) => {
    expect(() => expectSmall(value, model)).toThrow(WrongAnswer);
    expect(() => expectSmall(value, model)).toThrow(message);
  });
});

describe('the float network', () => {
  const network = [layerOf([2, 2], [1, 0, 0, 1], [0, -1]), layerOf([2, 2], [1, 0, 0, -1], [-4, -1])];

  test('weighs four bytes for each weight and bias', () => {
    expect(floatBytes(network)).toBe(4 * (4 + 2 + 4 + 2));
  });

  test('is read with ReLU between the layers and none behind the last, in percent', () => {
    // [3.5, 0] → [3.5, −1] → [3.5, 0] → [−0.5, −1]: class 0, and class 1 where −1 is left.
    // [1, 1] → [1, 0] → [−3, −1]: class 1, and a tie where both become 0.
    // [2, 5] → [2, 4] → [−2, −5]: class 0.
    const images = {dtype: 'float32', shape: [3, 2], data: Float32Array.of(3.5, 0, 1, 1, 2, 5)} as const;
    expect(percentRight(asFloats(network), {images, labels: Int32Array.of(0, 1, 0)})).toBe(100);
    expect(percentRight(asFloats(network), {images, labels: Int32Array.of(0, 0, 1)})).toBeCloseTo(100 / 3, 10);
  });

  test('counts the first of equal scores', () => {
    const images = {dtype: 'float32', shape: [1, 2], data: Float32Array.of(0, 0)} as const;
    const equal = [layerOf([2, 2], [0, 0, 0, 0], [1, 1])];
    expect(percentRight(asFloats(equal), {images, labels: Int32Array.of(0)})).toBe(100);
  });
});
