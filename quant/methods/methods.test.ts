import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  awq,
  clusteredBytes,
  dequantizeClusters,
  hadamardRotate,
  kMeansQuantize,
  llmInt8MatMul,
  outputError,
  perGroup,
  qint4,
  quantize,
  quantizeInt8Rows,
  quint4,
  scaleInputs,
  smoothingScales,
} from '../index.ts';

interface Rows {
  readonly codes: string;
  readonly absMax: string;
  readonly outlierColumns: readonly number[];
}

/** Written by methods-golden.py; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('methods-golden.json', import.meta.url), 'utf8')) as {
  readonly [name in 'x' | 'w' | 'product' | 'values' | 'rotated']: string;
} & {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly int8: Rows;
  readonly int8Outliers: Rows;
  readonly clusters: readonly {readonly bits: number; readonly centroids: readonly number[]; readonly error: number}[];
  readonly awq: readonly {readonly group: number; readonly losses: readonly number[]; readonly ratio: number}[];
  readonly smooth: readonly number[];
};
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
const {rows, inputs, outputs} = golden;
const x = floatsOf(golden.x);
const weights = {outputs, inputs, data: floatsOf(golden.w)};
const product = floatsOf(golden.product);
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('LLM.int8()', () => {
  test.each([
    [0, golden.int8],
    [6, golden.int8Outliers],
  ])('quantizes rows as bitsandbytes does, with a threshold of %d', (threshold, expected) => {
    const {codes, absMax, outlierColumns} = quantizeInt8Rows(x, rows, inputs, threshold);
    expect([...outlierColumns]).toEqual(expected.outlierColumns);
    expect(absMax).toEqual(floatsOf(expected.absMax));
    expect(codes).toEqual(new Int8Array(bytesOf(expected.codes).buffer));
  });

  test('multiplies outliers in float and the rest in int8, and errs far less than int8 alone', () => {
    const decomposed = llmInt8MatMul(x, weights);
    expect([...decomposed.outlierColumns]).toEqual([5, 20]);
    expect(decomposed.int8Share).toBe(30 / 32);
    const plain = llmInt8MatMul(x, weights, {threshold: 0});
    expect(plain.int8Share).toBe(1);
    expect(worst(decomposed.output, product)).toBeLessThan(0.02);
    expect(worst(plain.output, product)).toBeGreaterThan(2 * worst(decomposed.output, product));
  });

  test('gives a row of zeros codes of zero, and refuses NaN', () => {
    expect([...quantizeInt8Rows([0, 0, 1, -2], 2, 2).codes]).toEqual([0, 0, 64, -127]);
    expect(() => quantizeInt8Rows([1, NaN], 1, 2)).toThrow('Expected finite values, got NaN at 1');
    expect(() => llmInt8MatMul([1, 2, 3], weights)).toThrow('Expected rows of 32 activations, got 3 values');
  });
});

describe('k-means', () => {
  const values = floatsOf(golden.values);

  test.each(golden.clusters)("settles on scikit-learn's centroids: $bits bits", ({bits, centroids, error}) => {
    const clustered = kMeansQuantize(values, [values.length], {bits});
    expect(worst(clustered.centroids, centroids)).toBeLessThan(1e-5);
    const restored = dequantizeClusters(clustered);
    expect(values.reduce((sum, value, i) => sum + (value - restored[i]!) ** 2, 0) / values.length).toBeCloseTo(error, 6);
    expect(clusteredBytes(clustered)).toBe(Math.ceil((values.length * bits) / 8) + 4 * 2 ** bits);
  });

  test('puts every value to the centroid that is nearest', () => {
    const value = fc.float({noNaN: true, noDefaultInfinity: true, min: -100, max: 100});
    fc.assert(
      fc.property(
        fc.array(value, {minLength: 1}),
        fc.integer({min: 1, max: 4}),
        fc.constantFrom('linear', 'quantiles'),
        (list, bits, start) => {
          const clustered = kMeansQuantize(list, [list.length], {bits, start});
          const restored = dequantizeClusters(clustered);
          for (const [i, x] of list.entries()) {
            const nearest = Math.min(...clustered.centroids.map(centroid => Math.abs(centroid - x)));
            expect(Math.abs(restored[i]! - x)).toBeLessThanOrEqual(nearest + 1e-4);
          }
        },
      ),
    );
  });

  test('takes no values, equal values, and refuses others', () => {
    expect(dequantizeClusters(kMeansQuantize([], [0], {bits: 2})).length).toBe(0);
    expect([...dequantizeClusters(kMeansQuantize([5, 5], [2], {bits: 3}))]).toEqual([5, 5]);
    expect(() => kMeansQuantize([NaN], [1], {bits: 2})).toThrow('Expected finite values, got NaN at 0');
    expect(() => kMeansQuantize([1, 1e300], [2], {bits: 2})).toThrow('Expected finite values, got 1e+300 at 1');
    expect(() => kMeansQuantize([1], [1], {bits: 9})).toThrow('Expected 1 to 8 bits, got 9');
  });
});

describe('a Hadamard rotation', () => {
  test("is SciPy's matrix, normalized", () => {
    expect(worst(hadamardRotate(x, inputs), floatsOf(golden.rotated))).toBeLessThan(1e-5);
  });

  test('is its own inverse, keeps products, and spreads an outlier over its row', () => {
    expect(worst(hadamardRotate(hadamardRotate(x, inputs), inputs), x)).toBeLessThan(1e-5);
    expect([...hadamardRotate([8, 0, 0, 0], 4)]).toEqual([4, 4, 4, 4]);
    for (const columns of [0, -2, NaN]) expect(() => hadamardRotate([1, 2], columns)).toThrow(`1 or more, got ${columns}; give the length`);
    expect(() => hadamardRotate([1, 2], 3)).toThrow('Expected a power of two of columns, got 3; rotate blocks of 2 instead');
    const rotated = {...weights, data: hadamardRotate(weights.data, inputs)};
    expect(worst(llmInt8MatMul(hadamardRotate(x, inputs), rotated, {threshold: 1e-30}).output, product)).toBeLessThan(1e-4);
    expect(() => hadamardRotate(x, 24)).toThrow('Expected a power of two of columns, got 24; rotate blocks of 16 instead');
  });
});

describe('AWQ', () => {
  test.each(golden.awq)('finds the exponent of the published search: groups of $group', ({group, losses, ratio}) => {
    const found = awq(x, weights, {qtype: quint4, scheme: 'asymmetric', granularity: perGroup(group)});
    expect(found.ratio).toBe(ratio);
    expect(found.loss).toBeCloseTo(Math.min(...losses), 8);
  });

  test('errs less at the output than groups alone', () => {
    const quantization = {qtype: qint4, scheme: 'symmetric', granularity: perGroup(16)} as const;
    const plain = quantize(weights.data, [outputs, inputs], quantization).dequantize();
    expect(awq(x, weights, quantization).loss).toBeLessThan(outputError(x, inputs, weights.data, plain));
  });
});

describe('SmoothQuant', () => {
  const scales = smoothingScales(x, weights);

  test('takes the published factors', () => {
    expect(worst(scales, golden.smooth)).toBeLessThan(1e-5);
  });

  test('leaves the product as it was before quantization, and int8 errs less after', () => {
    const smoothed = x.map((value, i) => value / scales[i % inputs]!);
    const heavier = scaleInputs(weights, scales);
    expect(worst(llmInt8MatMul(smoothed, heavier, {threshold: 1e-30}).output, product)).toBeLessThan(1e-4);
    const error = (output: ArrayLike<number>): number => product.reduce((sum, value, i) => sum + (value - output[i]!) ** 2, 0);
    const before = error(llmInt8MatMul(x, weights, {threshold: 0}).output);
    expect(error(llmInt8MatMul(smoothed, heavier, {threshold: 0}).output)).toBeLessThan(before);
  });

  test('leaves an input alone that is always 0', () => {
    expect([...smoothingScales([0, 4], {outputs: 1, inputs: 2, data: Float32Array.of(1, 1)})]).toEqual([1, 2]);
    expect(() => smoothingScales(x, weights, 2)).toThrow('Expected alpha from 0 to 1, got 2');
    expect(() => smoothingScales([1, 2, 3], weights)).toThrow('Expected rows of 32 activations, one for each input, got 3 values');
  });
});
