import fc from 'fast-check';
import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {pack, perAxis, perTensor, qint8, QTensor, quint8} from '../../index.ts';
import {convolve, convolveDepthwise, multiply} from './accumulate.ts';
import type {Activation, ActivationGrid} from './activation.ts';
import {execute} from './execute.ts';
import {type Factors, factorsOf, multiplyFixedPoint, toFixedPoint} from './fixed-point.ts';
import type {IntegerStep, LinearStep, Requantization} from './step.ts';
import type {WindowGeometry} from './windows.ts';

interface Codes {
  readonly shape: readonly number[];
  readonly data: string;
}

interface LinearGolden {
  readonly op: 'dense' | 'conv2d' | 'depthwise';
  readonly multiplier?: number;
  readonly size?: [number, number];
  readonly strides?: [number, number];
  readonly pads?: readonly number[];
  readonly dilation?: [number, number];
  readonly x: Codes;
  readonly xScale: number;
  readonly xZero: number;
  readonly kernel: Codes;
  readonly scales: readonly number[];
  readonly bias: Codes;
  readonly yScale: number;
  readonly yZero: number;
  readonly sums: Codes;
  readonly y: Codes;
}

interface OtherGolden {
  readonly op: 'add' | 'averagePool' | 'globalAveragePool';
  readonly x: Codes;
  readonly other?: Codes;
  readonly xScale: number;
  readonly xZero: number;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
  readonly yScale: number;
  readonly yZero: number;
  readonly y: Codes;
}

/** Written by golden.py with ONNX Runtime. */
const {cases} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  cases: readonly (LinearGolden | OtherGolden)[];
};
const linear = cases.filter((golden): golden is LinearGolden => 'kernel' in golden);
const others = cases.filter((golden): golden is OtherGolden => !('kernel' in golden));
const integers = ({data}: Codes): Int32Array<ArrayBuffer> => new Int32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
const grid = (scale: number, zeroPoint: number): ActivationGrid => ({scale: Math.fround(scale), zeroPoint, qtype: quint8});
const activation = (codes: Codes, scale: number, zeroPoint: number): Activation => ({
  shape: codes.shape,
  data: integers(codes),
  grid: grid(scale, zeroPoint),
});

function requantization({yScale, yZero}: LinearGolden | OtherGolden, factors: Factors): Requantization {
  return {grid: grid(yScale, yZero), factors, low: 0, high: 255};
}

/** ONNX Runtime multiplies by float factors and rounds ties to even: nearly all codes are the same, and none is further than one. */
const nearlyEqual = {largest: expect.toSatisfy(largest => largest <= 1), unequal: expect.toSatisfy(share => share <= 0.01)};

function compared({data}: Activation, expected: Codes): {largest: number; unequal: number} {
  const apart = integers(expected).map((code, i) => Math.abs(code - data[i]!));
  return {largest: Math.max(...apart), unequal: apart.filter(d => d > 0).length / apart.length};
}

describe('against ONNX Runtime', () => {
  test.each(linear)('the same sums, and the same codes within one: $op, strides $strides, dilation $dilation', golden => {
    const {op, scales, xScale, xZero, yScale, multiplier = 1} = golden;
    const {size, strides, dilation, pads} = golden;
    const geometry: WindowGeometry | null = size
      ? {size, strides: strides!, dilation: dilation!, padding: pads!.some(n => n > 0) ? 'same' : 'valid'}
      : null;
    const x = activation(golden.x, xScale, xZero);
    const kernel = new QTensor({
      shape: golden.kernel.shape,
      qtype: qint8,
      granularity: scales.length > 1 ? perAxis(-1) : perTensor,
      packed: pack(integers(golden.kernel), 8),
      scales: Float32Array.from(scales),
    });
    const levels = Int32Array.from(x.data, code => code - xZero);
    const [height, width, outputs] = kernel.shape;
    const split = op === 'depthwise' ? [height!, width!, outputs! / multiplier, multiplier] : kernel.shape;
    const accumulate = {dense: multiply, conv2d: convolve, depthwise: convolveDepthwise}[op] as typeof convolve;
    const sums = accumulate(levels, x.shape, {shape: split, codes: kernel.codes()}, geometry!);
    expect(sums).toEqual({shape: golden.sums.shape, data: integers(golden.sums)});
    const factors = factorsOf(scales.map(scale => (xScale * scale) / yScale));
    const step: LinearStep = {
      op,
      name: 'y',
      inputs: ['x'],
      kernel,
      multiplier,
      bias: integers(golden.bias),
      sumShift: 0,
      geometry,
      inputScale: xScale,
      output: requantization(golden, factors),
    };
    const y = execute(step, [x]);
    expect(y.shape).toEqual(golden.y.shape);
    expect(compared(y, golden.y)).toEqual(nearlyEqual);
  });

  test.each(others)('the same codes within one: $op', golden => {
    const {op, yScale} = golden;
    const common = {name: 'y', inputs: ['x']};
    let step: IntegerStep;
    let inputs: Activation[];
    if (op === 'add') {
      inputs = [golden.x, golden.other!].map((codes, i) => activation(codes, golden.scales[i]!, golden.zeros[i]!));
      const coarsest = 2 * Math.max(...golden.scales);
      const factors = factorsOf([...golden.scales.map(scale => scale / coarsest), coarsest / yScale / 2 ** 20]);
      step = {...common, op, axis: -1, sumShift: 20, output: requantization(golden, factors)};
    } else {
      inputs = [activation(golden.x, golden.xScale, golden.xZero)];
      const ratio = golden.xScale / yScale;
      const whole = op === 'globalAveragePool';
      const factors = factorsOf(whole ? [ratio / 30] : [1, 2, 3, 4].map(count => ratio / count));
      const geometry: WindowGeometry = {size: [2, 2], strides: [2, 1], dilation: [1, 1], padding: 'valid'};
      step = {...common, op: 'averagePool', geometry: whole ? null : geometry, output: requantization(golden, factors)};
    }
    const y = execute(step, inputs);
    expect(y.shape).toEqual(golden.y.shape);
    expect(compared(y, golden.y)).toEqual(nearlyEqual);
  });
});

describe('fixed-point factors', () => {
  const int32 = fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1});

  test('are as near to a real number as 31 bits are', () => {
    expect(toFixedPoint(0.5)).toEqual({multiplier: 2 ** 30, shift: 0});
    expect(toFixedPoint(1)).toEqual({multiplier: 2 ** 30, shift: 1});
    expect(toFixedPoint(0.375)).toEqual({multiplier: 0.75 * 2 ** 31, shift: -1});
    // Rounds up to the next power of two.
    expect(toFixedPoint(1 - 2 ** -40)).toEqual({multiplier: 2 ** 30, shift: 1});
    expect(toFixedPoint(1e-30)).toEqual({multiplier: 0, shift: 0});
    fc.assert(
      fc.property(fc.double({min: 1e-9, max: 16000, noNaN: true}), real => {
        const {multiplier, shift} = toFixedPoint(real);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
        expect(multiplier).toBeLessThan(2 ** 31);
        expect(Math.abs(multiplier * 2 ** (shift - 31) - real)).toBeLessThanOrEqual(real * 2 ** -31);
      }),
    );
    for (const bad of [0, -1, NaN, Infinity, 2 ** 14]) expect(() => toFixedPoint(bad)).toThrow('Expected a ratio of scales');
  });

  test('multiply and round once, exactly, in 64 bits', () => {
    const exact = (x: number, multiplier: number, shift: number): number => {
      const total = BigInt(31 - shift);
      return Number((BigInt(x) * BigInt(multiplier) + 2n ** (total - 1n)) >> total);
    };
    fc.assert(
      fc.property(int32, fc.integer({min: 2 ** 30, max: 2 ** 31 - 1}), fc.integer({min: -31, max: 14}), (x, multiplier, shift) => {
        expect(multiplyFixedPoint(x, {multiplier, shift}) + 0).toBe(exact(x, multiplier, shift));
      }),
      {numRuns: 5000},
    );
    // Ties, by hand: ±1 and ±3 halves, then quarters.
    expect([-3, -1, 1, 3].map(x => multiplyFixedPoint(x, {multiplier: 2 ** 30, shift: 0}) + 0)).toEqual([-1, 0, 1, 2]);
    expect([-3, -1, 1, 3].map(x => multiplyFixedPoint(x, {multiplier: 2 ** 30, shift: -1}) + 0)).toEqual([-1, 0, 0, 1]);
  });
});
