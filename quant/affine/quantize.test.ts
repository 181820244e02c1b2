import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  chooseQParams,
  perAxis,
  perGroup,
  qint2,
  qint4,
  qint8,
  type QParams,
  quantize,
  quantizeValue,
  quint8,
  roundHalfToEven,
} from '../index.ts';

const float = fc.float({noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30)});
const values = fc.array(float, {minLength: 1, maxLength: 40});

describe('rounding', () => {
  test('sends ties to the even integer', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5].map(x => roundHalfToEven(x) + 0)).toEqual([-2, -2, 0, 0, 2, 2, 4]);
    expect([2.4999, 2.5001, -2.5001].map(roundHalfToEven)).toEqual([2, 3, -3]);
  });
});

describe('symmetric', () => {
  test('quantizes [-1, 0, 1] at scale 0.5 to [-2, 0, 2]', () => {
    const at: QParams = {scale: 0.5, zeroPoint: 0};
    expect([-1, 0, 1].map(x => quantizeValue(x, at, qint8))).toEqual([-2, 0, 2]);
  });

  test('takes its scale from the largest magnitude and qmax', () => {
    expect(chooseQParams(-254, 100, {qtype: qint8, scheme: 'symmetric'})).toEqual({scale: 2, zeroPoint: 0});
    expect(chooseQParams(-3, 14, {qtype: qint4, scheme: 'symmetric'})).toEqual({scale: 2, zeroPoint: 0});
    expect(chooseQParams(-1, 0.5, {qtype: qint2, scheme: 'symmetric'})).toEqual({scale: 1, zeroPoint: 0});
  });

  test('refuses an unsigned type', () => {
    expect(() => chooseQParams(0, 1, {qtype: quint8, scheme: 'symmetric'})).toThrow(/signed type/);
  });

  test('errs by half a step at most', () => {
    fc.assert(
      fc.property(values, xs => {
        const quantized = quantize(xs, [xs.length], {qtype: qint8, scheme: 'symmetric'});
        const scale = quantized.scales[0]!;
        const restored = quantized.dequantize();
        // A subnormal scale has lost digits of its own: 127 times half of the smallest number.
        expect(Math.max(...xs.map((x, i) => Math.abs(restored[i]! - x)))).toBeLessThanOrEqual(scale * 0.5001 + 1e-43);
      }),
    );
  });
});

describe('asymmetric', () => {
  test('holds 0 … 255 exactly in uint8', () => {
    expect(chooseQParams(0, 255, {qtype: quint8, scheme: 'asymmetric'})).toEqual({scale: 1, zeroPoint: 0});
    expect(chooseQParams(-128, 127, {qtype: quint8, scheme: 'asymmetric'})).toEqual({scale: 1, zeroPoint: 128});
    expect(chooseQParams(-128, 127, {qtype: qint8, scheme: 'asymmetric'})).toEqual({scale: 1, zeroPoint: 0});
  });

  test('widens a one-signed range to hold zero', () => {
    expect(chooseQParams(51, 255, {qtype: quint8, scheme: 'asymmetric'})).toEqual({scale: 1, zeroPoint: 0});
    expect(chooseQParams(-255, -51, {qtype: quint8, scheme: 'asymmetric'})).toEqual({scale: 1, zeroPoint: 255});
  });

  test('represents zero exactly, whatever the range', () => {
    fc.assert(
      fc.property(float, float, (a, b) => {
        const at = chooseQParams(Math.min(a, b), Math.max(a, b), {qtype: quint8, scheme: 'asymmetric'});
        expect(at.zeroPoint).toBeGreaterThanOrEqual(0);
        expect(at.zeroPoint).toBeLessThanOrEqual(255);
        expect(quantizeValue(0, at, quint8)).toBe(at.zeroPoint);
      }),
    );
  });
});

describe('edges', () => {
  test('keeps the scale finite where the range is not', () => {
    const quantized = quantize([-3e38, 0, 3e38], [3], {qtype: quint8, scheme: 'asymmetric'});
    expect(quantized.scales[0]).toBeLessThan(Number.MAX_VALUE);
    expect([...quantized.codes()]).toEqual([0, 128, 255]);
  });

  test('gives all-zero values a usable scale and zero codes', () => {
    const quantized = quantize([0, 0], [2], {qtype: qint8, scheme: 'symmetric'});
    expect([...quantized.scales]).toEqual([1]);
    expect([...quantized.dequantize()]).toEqual([0, 0]);
  });

  test('clamps what is out of range', () => {
    expect(quantizeValue(1000, {scale: 1, zeroPoint: 0}, qint8)).toBe(127);
    expect(quantizeValue(-1000, {scale: 1, zeroPoint: 3}, quint8)).toBe(0);
  });

  test('keeps codes on the grid for every type', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(qint8, qint4, qint2), (xs, qtype) => {
        const codes = quantize(xs, [xs.length], {qtype, scheme: 'symmetric'}).codes();
        expect(Array.from(codes).filter(code => code < qtype.qmin || code > qtype.qmax)).toEqual([]);
      }),
    );
  });
});

describe('granularity', () => {
  const x = [1, 127, 2, 254]; // [2, 2]
  test('gives each row its scale along axis 0', () => {
    const quantized = quantize(x, [2, 2], {qtype: qint8, scheme: 'symmetric', granularity: perAxis(0)});
    expect([...quantized.scales]).toEqual([1, 2]);
    expect([...quantized.codes()]).toEqual([1, 127, 1, 127]);
  });

  test('gives each column its scale along axis 1', () => {
    expect(quantize(x, [2, 2], {qtype: qint8, scheme: 'symmetric', granularity: perAxis(1)}).codes()[1]).toBe(64);
  });

  test('gives each group its scale and refuses a size that does not divide', () => {
    const quantized = quantize([...x, 127, 0, 0, 0], [2, 4], {qtype: qint8, scheme: 'symmetric', granularity: perGroup(2)});
    expect([...quantized.scales]).toEqual([1, 2, 1, 1]);
    expect(() => quantize(x, [4], {qtype: qint8, scheme: 'symmetric', granularity: perGroup(3)})).toThrow(
      'Expected a group size that divides the last axis (4), got 3; try 2, 4',
    );
  });
});
