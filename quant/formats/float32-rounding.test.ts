import {describe, expect, test} from 'vitest';
import {
  bfloat16,
  decodeFloats,
  encodeFloats,
  float16,
  float32,
  float4e2m1,
  float8e4m3fn,
  float8e5m2,
  type FloatFormat,
  roundFloats,
} from '../index.ts';

/** Every sign, exponent and upper mantissa of float32, each with lower bits on, beside and between the middles of all formats. */
function everyKind(): Float32Array {
  const lower = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff];
  return new Float32Array(
    Uint32Array.from({length: 65536 * lower.length}, (_, i) => (i % 65536) * 65536 + lower[Math.floor(i / 65536)]!).buffer,
  );
}

describe.each<FloatFormat>([float16, bfloat16, float8e4m3fn, float8e5m2, float4e2m1, float32])('$name', format => {
  test.each([false, true])('float32 numbers are rounded on their bits as they are through codes; saturating: %s', saturate => {
    const values = everyKind();
    const here = roundFloats(values, format, {saturate});
    const through = decodeFloats(encodeFloats(values, format, {saturate}), format);
    // As bits, so that −0 is not 0; NaN has many.
    const differs = here.findIndex((x, i) => !Object.is(x, through[i]));
    expect([values[differs], here[differs], through[differs]]).toEqual([undefined, undefined, undefined]);
  });
});

test('leaves what it is given as it is, and takes no values', () => {
  const values = Float32Array.of(1.0001);
  expect([...roundFloats(values, float16)]).toEqual([1]);
  expect([...roundFloats(values, float32)]).toEqual([...values]);
  expect(values[0]).toBe(Math.fround(1.0001));
  expect(roundFloats(new Float32Array(), float16).length).toBe(0);
});
