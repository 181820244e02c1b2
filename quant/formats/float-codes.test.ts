import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  bfloat16,
  decodeFloat,
  decodeFloats,
  encodeFloat,
  encodeFloats,
  float16,
  float32,
  float4e2m1,
  float8e4m3fn,
  float8e5m2,
  floatFields,
  type FloatFormat,
  floatLimits,
  type FloatLimits,
  roundFloat,
  roundFloats,
} from '../index.ts';

interface Golden extends FloatLimits {
  readonly decoded: string;
  readonly inputs: string;
  readonly encoded: string;
  readonly samples: readonly (readonly [number, number])[];
}

/** Written by golden.py with NumPy and ml_dtypes. */
const {formats: goldens} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  formats: Readonly<Record<string, Golden>>;
};
const formats = [float16, bfloat16, float8e4m3fn, float8e5m2, float4e2m1];
const sha256 = (array: NodeJS.TypedArray): string =>
  createHash('sha256')
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest('hex');
/** Every NaN as 0x7fc00000. */
const sameNaN = (values: Float32Array): Uint32Array =>
  Uint32Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (bits, i) =>
    Number.isNaN(values[i]) ? 0x7fc00000 : bits,
  );
const allCodes = ({bits}: FloatFormat): number[] => Array.from({length: 2 ** bits}, (_, code) => code);

describe.each(formats)('$name', format => {
  const golden = goldens[format.name]!;

  test('has the limits of ml_dtypes', () => {
    const {max, smallestNormal, smallestSubnormal, epsilon} = golden;
    expect(floatLimits(format)).toEqual({max, smallestNormal, smallestSubnormal, epsilon});
  });

  test('decodes every code as NumPy does', () => {
    expect(sha256(sameNaN(decodeFloats(allCodes(format), format)))).toBe(golden.decoded);
  });

  test('encodes its numbers, the middles between them and what lies beside, as NumPy does', () => {
    expect(golden.samples.map(([x]) => encodeFloat(x, format))).toEqual(golden.samples.map(([, code]) => code));
    const inputs = numbers(format);
    expect(sha256(sameNaN(inputs))).toBe(golden.inputs);
    expect(sha256(encodeFloats(inputs, format))).toBe(golden.encoded);
  });

  test('gives back every code of a number', () => {
    const codes = allCodes(format).filter(code => floatFields(code, format).kind !== 'nan');
    expect(codes.map(code => encodeFloat(decodeFloat(code, format), format))).toEqual(codes);
  });

  test('rounds to a number of its own that no other is nearer than', () => {
    fc.assert(
      fc.property(fc.double({noNaN: true, min: -2 * golden.max, max: 2 * golden.max}), x => {
        const code = encodeFloat(x, format, {saturate: true});
        const error = Math.abs(decodeFloat(code, format) - x);
        for (const neighbour of [code - 1, code + 1])
          if (neighbour >= 0 && neighbour < 2 ** format.bits) {
            const other = Math.abs(decodeFloat(neighbour, format) - x);
            expect(error <= other || Number.isNaN(other)).toBe(true);
          }
      }),
    );
  });

  test('stops at its largest number when asked to', () => {
    expect([1e300, Infinity, -Infinity].map(x => roundFloat(x, format, {saturate: true}))).toEqual([golden.max, golden.max, -golden.max]);
  });

  test('refuses a code that it does not have', () => {
    for (const code of [-1, 2 ** format.bits, 0.5, NaN]) {
      expect(() => decodeFloat(code, format)).toThrow(/Expected a code of/);
      expect(() => decodeFloats([code], format)).toThrow(/Expected a code of/);
    }
  });
});

test('65504 is the last float16, where bfloat16 goes on', () => {
  expect([65504, 65519, 65520].map(x => roundFloat(x, float16))).toEqual([65504, 65504, Infinity]);
  expect(roundFloat(65520, bfloat16)).toBe(65536);
  expect([448, 464, 465].map(x => roundFloat(x, float8e4m3fn))).toEqual([448, 448, NaN]);
});

test('rounds once: a float64 just above a middle does not fall to the even neighbour', () => {
  // Through float32 this would be 1 + 2^-11 exactly, a tie, and so 1.
  expect(roundFloat(1 + 2 ** -11 + 2 ** -40, float16)).toBe(1 + 2 ** -10);
});

test('float32 is what Math.fround gives', () => {
  fc.assert(fc.property(fc.double(), x => Object.is(roundFloat(x, float32), Math.fround(x))));
  expect([...roundFloats([1e39, -1e-46, 0.1], float32)]).toEqual([Infinity, -0, Math.fround(0.1)]);
});

test('takes a code apart', () => {
  expect(floatFields(encodeFloat(-6.5, float16), float16)).toEqual({sign: 1, exponent: 17, mantissa: 640, kind: 'normal'});
  expect(floatFields(1, float8e5m2)).toEqual({sign: 0, exponent: 0, mantissa: 1, kind: 'subnormal'});
  expect([0, 0x7c, 0x7d].map(code => floatFields(code, float8e5m2).kind)).toEqual(['zero', 'infinity', 'nan']);
});

/** The inputs of golden.py, made from our own decoded codes. */
function numbers(format: FloatFormat): Float32Array {
  const finite = [
    ...new Set(
      decodeFloats(allCodes(format), format)
        .filter(Number.isFinite)
        .map(value => value + 0),
    ),
  ].sort((a, b) => a - b);
  const middles = finite.slice(1).map((value, i) => Math.fround((finite[i]! + value) / 2));
  const largest = finite.at(-1)!;
  const step = largest - finite.at(-2)!;
  const half = Math.fround(largest + step / 2);
  const ends = [half, towards(half, 0), Math.fround(largest + step), 3e38, Infinity, 1e-45, 1e-40];
  const below = middles.map(value => towards(value, -Infinity));
  const above = middles.map(value => towards(value, Infinity));
  return Float32Array.from([...finite, ...middles, ...below, ...above, ...ends, ...ends.map(value => -value), -0, NaN]);
}

/** The float32 next to x in the direction of `end`, as np.nextafter. */
function towards(x: number, end: number): number {
  if (x === 0) return Math.sign(end) * 2 ** -149;
  const bits = new Int32Array(Float32Array.of(x).buffer);
  bits[0]! += x < end === x > 0 ? 1 : -1;
  return new Float32Array(bits.buffer)[0]!;
}
