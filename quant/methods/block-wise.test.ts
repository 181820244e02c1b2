import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {blockWiseBytes, dequantizeBlockWise, fp4, nf4, quantizeBlockWise} from '../index.ts';

interface Golden {
  readonly name: string;
  readonly codebook: 'nf4' | 'fp4';
  readonly blockSize: number;
  readonly double: boolean;
  readonly values: string;
  readonly packed: string;
  readonly restored: string;
  readonly absMax?: string;
  readonly absMaxCodes: string;
  readonly absMaxScales: string;
  readonly offset: number;
}

/** Written by block-wise-golden.py with bitsandbytes; arrays as base64 of their bytes. */
const {cases} = JSON.parse(readFileSync(new URL('block-wise-golden.json', import.meta.url), 'utf8')) as {cases: readonly Golden[]};
const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer);
const codebooks = {nf4, fp4};

test.each(cases)('agrees with bitsandbytes to the bit: $name', golden => {
  const values = floats(golden.values);
  const {blockSize, double: doubleQuantization} = golden;
  const quantized = quantizeBlockWise(values, [values.length], {codebook: codebooks[golden.codebook], blockSize, doubleQuantization});
  expect(quantized.packed).toEqual(bytes(golden.packed));
  if (golden.absMax === undefined)
    expect(quantized.absMax).toEqual({codes: bytes(golden.absMaxCodes), scales: floats(golden.absMaxScales), offset: golden.offset});
  else expect(quantized.absMax).toEqual(floats(golden.absMax));
  expect(dequantizeBlockWise(quantized).map(value => value + 0)).toEqual(floats(golden.restored).map(value => value + 0));
});

describe('block-wise', () => {
  test('counts the bytes of codes and absMax: 4.5 bits at blocks of 64, 4.127 with double quantization', () => {
    const values = Float32Array.from({length: 65536}, (_, i) => Math.sin(i));
    const bits = (doubleQuantization: boolean): number =>
      (blockWiseBytes(quantizeBlockWise(values, [256, 256], {doubleQuantization})) * 8) / values.length;
    expect(bits(false)).toBe(4.5);
    expect(bits(true)).toBeCloseTo(4.127, 3);
  });

  test('keeps the shape, and nothing of nothing', () => {
    expect(quantizeBlockWise([1, 2], [1, 2]).shape).toEqual([1, 2]);
    expect([...dequantizeBlockWise(quantizeBlockWise([], [0, 3]))]).toEqual([]);
  });

  test('refuses what has no code', () => {
    expect(() => quantizeBlockWise([1, NaN], [2])).toThrow('Expected finite values, got NaN at 1');
    expect(() => quantizeBlockWise([1, -Infinity], [2])).toThrow('Expected finite values, got -Infinity at 1');
    expect(() => quantizeBlockWise([1], [2])).toThrow('Expected 2 values for shape [2], got 1');
    expect(() => quantizeBlockWise([1], [1], {blockSize: 5})).toThrow('Expected an even block size, got 5');
  });
});
