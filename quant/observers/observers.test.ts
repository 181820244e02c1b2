import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {
  calculateQParams,
  EntropyObserver,
  HistogramObserver,
  MinMaxObserver,
  MovingAverageMinMaxObserver,
  type Observer,
  perAxis,
  perGroup,
  PercentileObserver,
  qint8,
  quantize,
  quint8,
  SliceMinMaxObserver,
} from '../index.ts';

interface Golden {
  readonly min: number;
  readonly max: number;
  readonly scale?: number;
  readonly zeroPoint?: number;
}

type Goldens = Readonly<Record<string, Golden>> & {readonly name: string; readonly batches: readonly (readonly number[])[]};

/** Written by golden.py with torch.ao and onnxruntime.quantization; float32 numbers as their bits. */
const {goldens} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {goldens: readonly Goldens[]};
const floats = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);
const float = (bits: number): number => floats([bits])[0]!;
const torchEpsilon = 2 ** -23;

const observers: Record<string, () => Observer> = {
  minMax: () => new MinMaxObserver(),
  minMaxSymmetric: () => new MinMaxObserver(),
  movingAverage: () => new MovingAverageMinMaxObserver(0.1),
  histogram: () => new HistogramObserver(),
  histogram4: () => new HistogramObserver({bins: 256}),
  percentile: () => new PercentileObserver({percentile: 99.9}),
  percentile99: () => new PercentileObserver({percentile: 99}),
  entropy: () => new EntropyObserver({bins: 128}),
  entropyFine: () => new EntropyObserver({bins: 1001}),
};

describe.each(Object.entries(observers))('%s', (kind, create) => {
  test.each(goldens)('finds the range that its model finds: $name', golden => {
    const observer = create();
    for (const batch of golden.batches) observer.observe(floats(batch));
    const {min, max, scale, zeroPoint} = golden[kind]!;
    // ONNX Runtime's range of a constant may end before it begins; here it is the constant.
    expect(observer.range()).toEqual({min: float(min), max: Math.max(float(max), float(min))});
    if (scale === undefined) return;
    const symmetric = kind === 'minMaxSymmetric';
    const choice = {qtype: symmetric ? qint8 : quint8, scheme: symmetric ? 'symmetricFull' : 'asymmetric', minScale: torchEpsilon} as const;
    expect(calculateQParams(observer, choice)).toEqual({scale: float(scale), zeroPoint});
  });

  test('takes no notice of an empty batch, and asks for values where there were none', () => {
    const observer = create();
    observer.observe([]);
    expect(() => observer.range()).toThrow('Expected values to be observed before the range is asked for');
    const other = create();
    const values = Array.from({length: 500}, (_, i) => Math.sin(i * i));
    for (const batch of [values, [], [2]]) observer.observe(batch);
    for (const batch of [values, [2]]) other.observe(batch);
    expect(observer.range()).toEqual(other.range());
  });

  test('refuses NaN', () => {
    expect(() => create().observe([1, NaN])).toThrow('Expected numbers to observe, got NaN at 1');
  });
});

describe('per slice', () => {
  const x = [1, -127, 2, 254]; // [2, 2]

  test('gives the grid that quantize chooses by itself', () => {
    const choice = {qtype: qint8, scheme: 'symmetric'} as const;
    for (const granularity of [perAxis(0), perAxis(-1), perGroup(2), perGroup(1)]) {
      const observer = new SliceMinMaxObserver([2, 2], granularity);
      observer.observe(x);
      const given = quantize(x, [2, 2], observer.grid(choice));
      const chosen = quantize(x, [2, 2], {...choice, granularity});
      expect([given.scales, given.codes()]).toEqual([chosen.scales, chosen.codes()]);
    }
  });

  test('joins batches, and refuses another shape', () => {
    const observer = new SliceMinMaxObserver([2, 2], perAxis(0));
    observer.observe(x);
    observer.observe([0, 5, -300, 0]);
    expect(observer.slices()).toEqual([
      {min: -127, max: 5},
      {min: -300, max: 254},
    ]);
    expect(() => observer.observe([1])).toThrow('Expected 4 values of shape [2, 2], got 1');
    expect(() => new SliceMinMaxObserver([2], perAxis(0)).slices()).toThrow(/Expected values to be observed/);
  });
});

test('a histogram leaves infinities out, others name them', () => {
  const values = Array.from({length: 500}, (_, i) => Math.sin(i));
  const [histogram, other] = [new HistogramObserver(), new HistogramObserver()];
  histogram.observe([...values, Infinity, -Infinity]);
  other.observe(values);
  expect(histogram.range()).toEqual(other.range());
  expect(() => new EntropyObserver().observe([Infinity])).toThrow('Expected finite values to count in bins, got an infinity');
});

test.each([[[3]], [[3, 3]], [[-3]], [[1e-45]]])('a percentile of values that are all one, %j, is that value', values => {
  const observer = new PercentileObserver();
  observer.observe(values);
  const [value] = Float32Array.from(values);
  expect(observer.range()).toEqual({min: value, max: value});
});

test('histograms refuse values that float32 cannot hold the bins of', () => {
  const values = Float32Array.of(3e38, -3e38);
  const refusal = /^Expected values .* float32 reaches, got .*3\.0\d*e\+38.*; scale or clip them first$/;
  for (const observer of [new HistogramObserver(), new PercentileObserver(), new EntropyObserver()])
    expect(() => observer.observe(values)).toThrow(refusal);
});

test('says which options it takes', () => {
  expect(() => new MovingAverageMinMaxObserver(2)).toThrow('Expected an averaging constant from 0 to 1, got 2');
  expect(() => new HistogramObserver({bins: 1})).toThrow('Expected bins to be a whole number above 1, got 1');
  expect(() => new PercentileObserver({percentile: 0})).toThrow('Expected a percentile above 0 and up to 100, got 0');
  expect(() => new EntropyObserver({bins: 64})).toThrow('Expected a whole number of levels from 2 to the 64 bins, got 128');
});
