import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {perTensor, quantize, type QType, type Scheme} from '../index.ts';

interface Golden {
  readonly name: string;
  readonly qmin: number;
  readonly qmax: number;
  readonly scheme: Scheme;
  readonly values: readonly number[];
  readonly scale: number;
  readonly zeroPoint: number;
  readonly codes: readonly number[];
  readonly restored: readonly number[];
}

/** Written by golden.py with NumPy; float32 numbers as their bits. */
const goldens = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden[];
const floats = (bits: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);

test.each(goldens)('agrees with NumPy to the bit: $name', ({qmin, qmax, scheme, values, scale, zeroPoint, codes, restored}) => {
  const qtype: QType = {name: 'golden', bits: Math.log2(qmax - qmin + 1), qmin, qmax, signed: qmin < 0};
  const quantized = quantize(floats(values), [values.length], {qtype, scheme, granularity: perTensor});
  expect([...quantized.scales]).toEqual([floats([scale])[0]]);
  expect(quantized.zeroPoints?.[0] ?? 0).toBe(zeroPoint);
  expect([...quantized.codes()]).toEqual(codes);
  // −0 and 0 are the same value.
  expect([...quantized.dequantize()].map(value => value + 0)).toEqual([...floats(restored)].map(value => value + 0));
});
