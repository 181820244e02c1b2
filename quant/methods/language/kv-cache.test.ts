import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Draw} from '../../../data/draw.ts';
import {float16, float32, QuantizedKvCache} from '../../index.ts';

/** Written by kv-cache-golden.py; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('kv-cache-golden.json', import.meta.url), 'utf8')) as {
  readonly heads: number;
  readonly headSize: number;
  readonly tokens: number;
  readonly k: string;
  readonly v: string;
  readonly cases: readonly {
    readonly bits: {readonly keys: number; readonly values: number};
    readonly groupSize: number;
    readonly residual: number;
    readonly scaleFormat: 'float16' | 'float32';
    readonly byteLength: number;
    readonly keys: string;
    readonly values: string;
  }[];
};
const floatsOf = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
const [k, v] = [floatsOf(golden.k), floatsOf(golden.v)];
const {heads, headSize} = golden;
const channels = heads * headSize;

describe('the quantized KV cache', () => {
  test.each(golden.cases)(
    'is KIVI, to the bit: $bits.keys and $bits.values bits, groups of $groupSize, $residual in float, scales in $scaleFormat',
    ({bits, groupSize, residual, scaleFormat, ...expected}) => {
      const cache = new QuantizedKvCache({
        heads,
        headSize,
        bits,
        groupSize,
        residual,
        scaleFormat: scaleFormat === 'float16' ? float16 : float32,
      });
      for (let at = 0; at < k.length; at += channels) cache.append(k.subarray(at, at + channels), v.subarray(at, at + channels));
      expect(cache.tokens).toBe(golden.tokens);
      expect(cache.keys()).toEqual(floatsOf(expected.keys));
      expect(cache.values()).toEqual(floatsOf(expected.values));
      expect(cache.byteLength).toBe(expected.byteLength);
    },
  );

  test('by hand: two tokens of a key channel share a scale, two channels of a value do', () => {
    const cache = new QuantizedKvCache({heads: 1, headSize: 4, bits: 2, groupSize: 4, residual: 4, scaleFormat: float32});
    // Channel 0 of the keys runs 0, 1, 2, 3; channel 1 is 5 throughout; values of token 0 are 0, 10, 20, 30.
    cache.append([0, 5, 0, 0, 1, 5, 0, 0, 2, 5, 0, 0], [0, 11, 20, 30, ...Array(8).fill(7)]);
    expect(cache.keys()[4]).toBe(1);
    cache.append([3.4, 5, 0, 0], [1, 1, 1, 1]);
    expect([0, 4, 8, 12].map(at => cache.keys()[at]!.toFixed(3))).toEqual(['0.000', '1.133', '2.267', '3.400']);
    expect([1, 5, 9, 13].map(at => cache.keys()[at])).toEqual([5, 5, 5, 5]);
    expect([...cache.values().subarray(0, 4)]).toEqual([0, 11, 20, 30]);
    cache.append([0, 0, 0, 0], [2, 2, 2, 2]);
    expect([...cache.values().subarray(0, 4)]).toEqual([0, 10, 20, 30]);
  });

  test('is the same however the tokens are cut, and nothing later changes what is quantized', () => {
    const cuts = fc.record({
      bits: fc.constantFrom(1, 2, 3, 4, 8),
      residual: fc.constantFrom(8, 16, 24),
      seed: fc.string(),
      parts: fc.array(fc.integer({min: 0, max: 20}), {minLength: 1, maxLength: 8}),
    });
    fc.assert(
      fc.property(cuts, ({bits, residual, seed, parts}) => {
        const options = {heads: 2, headSize: 8, bits, groupSize: 8, residual};
        const tokens = parts.reduce((sum, n) => sum + n, 0);
        const draw = new Draw(seed);
        const [keys, values] = [0, 1].map(() => draw.tensor([tokens, 16]).data as Float32Array) as [Float32Array, Float32Array];
        const [whole, cut] = [new QuantizedKvCache(options), new QuantizedKvCache(options)];
        whole.append(keys, values);
        let done = 0;
        for (const part of parts) {
          cut.append(keys.subarray(done * 16, (done + part) * 16), values.subarray(done * 16, (done + part) * 16));
          done += part;
          const quantized = [done - (done % residual), Math.max(done - residual, 0)];
          expect(cut.keys().subarray(0, quantized[0]! * 16)).toEqual(whole.keys().subarray(0, quantized[0]! * 16));
          expect(cut.values().subarray(0, quantized[1]! * 16)).toEqual(whole.values().subarray(0, quantized[1]! * 16));
          // What attention sees of the newest tokens is what it was given.
          expect(cut.keys().subarray(quantized[0]! * 16)).toEqual(keys.subarray(quantized[0]! * 16, done * 16));
          expect(cut.values().subarray(quantized[1]! * 16)).toEqual(values.subarray(quantized[1]! * 16, done * 16));
        }
        expect(cut.byteLength).toBe(whole.byteLength);
      }),
      {numRuns: 60},
    );
  });

  test('errs by half a step at most, with scales in float32', () => {
    const cache = new QuantizedKvCache({heads, headSize, bits: 4, groupSize: 8, residual: 8, scaleFormat: float32});
    cache.append(k.subarray(0, 40 * channels), v.subarray(0, 40 * channels));
    const keys = cache.keys();
    for (let channel = 0; channel < channels; channel++)
      for (let from = 0; from < 40; from += 8) {
        const group = Array.from({length: 8}, (_, t) => (from + t) * channels + channel);
        const range = Math.max(...group.map(at => k[at]!)) - Math.min(...group.map(at => k[at]!));
        for (const at of group) expect(Math.abs(keys[at]! - k[at]!)).toBeLessThanOrEqual(range / 30 + 1e-6);
      }
  });

  test('keys per channel err less than values would in their place: the large channel has scales of its own', () => {
    const error = (restored: Float32Array): number => restored.reduce((sum, value, i) => sum + (value - k[i]!) ** 2, 0);
    const cache = new QuantizedKvCache({heads, headSize, bits: 2, groupSize: 8, residual: 8});
    // 40 tokens of keys in both places; 8 more push the values' out of float.
    cache.append(k.subarray(0, 40 * channels), k.subarray(0, 40 * channels));
    cache.append(new Float32Array(8 * channels), new Float32Array(8 * channels));
    const [asKeys, asValues] = [cache.keys().subarray(0, 40 * channels), cache.values().subarray(0, 40 * channels)];
    expect(error(asKeys)).toBeLessThan(error(asValues) / 3);
  });

  test('takes nothing, and refuses what does not fit', () => {
    const options = {heads: 1, headSize: 8, bits: 4, groupSize: 8, residual: 8};
    const cache = new QuantizedKvCache(options);
    cache.append([], []);
    expect([cache.tokens, cache.keys().length, cache.values().length, cache.byteLength]).toEqual([0, 0, 0, 0]);
    const row = Array.from({length: 8}, (_, i) => i);
    expect(() => cache.append(row, [])).toThrow('Expected keys and values [tokens, 1, 8], equally many, got 8 and 0 numbers');
    expect(() => cache.append([1], [1])).toThrow('got 1 and 1 numbers');
    expect(() => cache.append(row, row.with(3, NaN))).toThrow('got NaN at 3');
    expect(() => new QuantizedKvCache({...options, groupSize: 3})).toThrow(
      'Expected a groupSize that divides the 8 channels of a head, got 3',
    );
    expect(() => new QuantizedKvCache({...options, residual: 12})).toThrow(
      'Expected a residual that is a multiple of groupSize (8), got 12',
    );
    expect(() => new QuantizedKvCache({...options, groupSize: 4, bits: 3})).toThrow(
      'Expected groups that fill whole bytes, got 4 codes of 3 bits',
    );
    expect(() => new QuantizedKvCache({...options, bits: 9})).toThrow('Expected 1 to 8 bits, got 9');
    expect(() => new QuantizedKvCache({...options, heads: 0})).toThrow('Expected heads to be a whole number of at least 1, got 0');
    expect(() => cache.append(row, row.with(0, 4e4))).toThrow(
      'Expected keys and values of at most ±32752, so that scaleFormat holds their ranges, got 40000 at 0',
    );
    expect(cache.tokens).toBe(0);
  });
});
