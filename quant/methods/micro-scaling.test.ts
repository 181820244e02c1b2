import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {dequantizeMicroScaled, float4e2m1, float8e4m3fn, float8e5m2, microScaledBytes, quantizeMx, quantizeNvfp4} from '../index.ts';

interface Expected {
  readonly scales: string;
  readonly codes: string;
  readonly restored?: string;
  readonly tensorScale?: number;
}

type Golden = Readonly<Record<string, Expected>> & {readonly name: string; readonly shape: readonly number[]; readonly values: string};

/** Written by micro-scaling-golden.py with torchao; arrays as base64 of their bytes. */
const {cases} = JSON.parse(readFileSync(new URL('micro-scaling-golden.json', import.meta.url), 'utf8')) as {cases: readonly Golden[]};
const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer);

const elements = {mxfp4: float4e2m1, mxfp8e4m3: float8e4m3fn, mxfp8e5m2: float8e5m2};
const mx = cases.flatMap(golden => Object.entries(elements).map(([kind, element]) => ({golden, kind, element, name: golden.name})));

test.each(mx)('$kind agrees with torchao to the bit: $name', ({golden, kind, element}) => {
  const quantized = quantizeMx(floats(golden.values), golden.shape, element);
  const {scales, codes, restored} = golden[kind]!;
  expect(quantized.scales).toEqual(bytes(scales));
  expect(quantized.codes).toEqual(bytes(codes));
  expect(dequantizeMicroScaled(quantized)).toEqual(floats(restored!));
});

const nv = cases.flatMap(golden =>
  (['nvfp4', 'nvfp4OneLevel'] as const).flatMap(kind => (golden[kind] ? [{golden, kind, name: golden.name}] : [])),
);

test.each(nv)('$kind agrees with torchao to the bit: $name', ({golden, kind}) => {
  const quantized = quantizeNvfp4(floats(golden.values), golden.shape, {twoLevel: kind === 'nvfp4'});
  const {scales, codes, tensorScale} = golden[kind]!;
  expect(quantized.tensorScale).toBe(tensorScale);
  expect(quantized.scales).toEqual(bytes(scales));
  expect(quantized.codes).toEqual(bytes(codes));
});

describe('micro-scaling', () => {
  test('takes 4.25 bits in MXFP4 and 4.5 in NVFP4, whose tensor scale counts too', () => {
    const values = Float32Array.from({length: 4096}, (_, i) => Math.sin(i));
    expect((microScaledBytes(quantizeMx(values, [4096])) * 8) / 4096).toBe(4.25);
    expect((microScaledBytes(quantizeNvfp4(values, [4096])) - 4) / 4096).toBe(4.5 / 8);
  });

  test('gives NVFP4 back within half a step of the block', () => {
    const values = Float32Array.from({length: 64}, (_, i) => Math.cos(i * i) * (i < 16 ? 100 : 1));
    const restored = dequantizeMicroScaled(quantizeNvfp4(values, [64]));
    for (let block = 0; block < 4; block++) {
      const slice = values.subarray(16 * block, 16 * block + 16);
      const absMax = Math.max(...slice.map(Math.abs));
      const worst = Math.max(...slice.map((x, i) => Math.abs(x - restored[16 * block + i]!)));
      // The widest step of E2M1, from 4 to 6, is a third of its largest number; the scale itself is rounded to 1/16.
      expect(worst).toBeLessThanOrEqual(absMax * (1 / 6 + 1 / 16));
    }
  });

  test('gives zeros, and no NaN, for values that are too small for a scale', () => {
    for (const tiny of [1e-45, 1e-36]) {
      const restored = dequantizeMicroScaled(quantizeNvfp4([...Array(16).fill(tiny), ...Array(16).fill(0)], [32]));
      expect([...restored].map(x => Math.abs(x - 0) < 1e-35)).toEqual(Array(32).fill(true));
    }
  });

  test('refuses what no block holds', () => {
    expect(() => quantizeNvfp4(Array(16).fill(1e300), [16])).toThrow('got 1e+300 at 0. Clean the values first; float32 holds up to');
    expect(() => quantizeMx([1, 2], [2])).toThrow('Expected a last axis in blocks of 32, got 2; pad it with zeros to 32');
    expect(() => quantizeNvfp4([NaN, ...Array(15).fill(0)], [16])).toThrow('Expected finite values, got NaN at 0');
    expect(() => quantizeMx([1], [32])).toThrow('Expected 32 values for shape [32], got 1');
  });
});
