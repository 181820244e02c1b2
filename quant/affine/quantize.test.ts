import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  chooseQParams,
  narrowRange,
  perAxis,
  perGroup,
  qint2,
  qint4,
  perTensor,
  qint8,
  type QParams,
  quantize,
  quantizeValue,
  QTensor,
  quint4,
  quint8,
  type Scheme,
  signed,
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

  test('gives a tensor without elements scales and no codes, for every granularity', () => {
    for (const [shape, granularity, scales] of [
      [[0], perTensor, 1],
      [[0, 4], perAxis(0), 0],
      [[0, 4], perAxis(1), 4],
      [[4, 0], perGroup(2), 0],
    ] as const) {
      const quantized = quantize([], shape, {qtype: quint8, scheme: 'asymmetric', granularity});
      expect([quantized.codes().length, quantized.dequantize().length, [...quantized.scales]]).toEqual([0, 0, Array(scales).fill(1)]);
      expect(quantized.bitsPerElement).toSatisfy(bits => Number.isNaN(bits) || bits === Infinity);
    }
  });

  test('holds a constant: exactly at its own scale, and asymmetric at the end of the range', () => {
    expect([...quantize([-3, -3], [2], {qtype: qint4, scheme: 'symmetric'}).codes()]).toEqual([-7, -7]);
    const {scales, zeroPoints, ...rest} = quantize([-3, -3], [2], {qtype: quint4, scheme: 'asymmetric'});
    expect([scales[0], zeroPoints![0]]).toEqual([Math.fround(0.2), 15]);
    expect(rest.packed).toEqual(Uint8Array.of(0));
  });

  test('refuses NaN on every grid, and infinities where the grid is chosen from the values', () => {
    for (const xs of [[1, NaN], [1, Infinity], [-Infinity]])
      for (const scheme of ['symmetric', 'symmetricFull', 'asymmetric'] as const)
        expect(() => quantize(xs, [xs.length], {qtype: qint8, scheme})).toThrow(
          `Expected finite values, got ${xs.at(-1)} at ${xs.length - 1}. Clean the values first, or give the grid: {qtype, scales}.`,
        );
    expect(() => quantize([NaN], [1], {qtype: qint8, scales: [1]})).toThrow(
      'Expected finite values, got NaN at 0. Clean the values first.',
    );
    expect([...quantize([-Infinity, Infinity], [2], {qtype: qint8, scales: [1], zeroPoints: [5]}).codes()]).toEqual([-128, 127]);
  });

  test('refuses grids and shapes that are none', () => {
    const at = (zeroPoints: number[]) => quantize([1], [1], {qtype: qint8, scales: [1], zeroPoints});
    for (const zeroPoint of [0.5, NaN, 128, -129])
      expect(() => at([zeroPoint])).toThrow(
        `Expected zero points that are codes of qint8, whole numbers from -128 to 127, got ${zeroPoint} at 0`,
      );
    for (const scale of [0, -1, NaN, Infinity])
      expect(() => quantize([1], [1], {qtype: qint8, scales: [scale]})).toThrow(`Expected scales above 0, got ${scale} at 0`);
    for (const shape of [[-2, -2], [1.5, 2], [NaN]])
      expect(() => quantize([1, 2, 3, 4], shape, {qtype: qint8, scheme: 'symmetric'})).toThrow(
        'Expected a shape of whole numbers from 0 on',
      );
    for (const minScale of [-1, NaN, Infinity])
      expect(() => chooseQParams(0, 1, {qtype: qint8, scheme: 'symmetric', minScale})).toThrow(
        `Expected a least scale from 0 on, got ${minScale}`,
      );
  });

  test('refuses numbers beyond float32, a scheme and a granularity that are none', () => {
    const options = {qtype: qint8, scheme: 'symmetric'} as const;
    expect(() => quantize([1e300, -1], [2], options)).toThrow(
      'Expected finite min ≤ max that float32 can hold, got -1 and 1e+300; scale or clip the values first',
    );
    expect(() => quantize([1, 2], [2], {...options, scheme: 'affine' as 'asymmetric'})).toThrow(
      'Expected a scheme of symmetric, symmetricFull or asymmetric, got affine',
    );
    expect(() => quantize([1, 2], [2], {...options, granularity: 'perTensor' as unknown as typeof perTensor})).toThrow(
      'Expected perTensor, perAxis(axis) or perGroup(size) as granularity, got "perTensor"',
    );
    expect(() => quantize([1], [1], {...options, granularity: perGroup(2)})).toThrow('that divides the last axis (1), got 2; try 1');
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

describe('any grid', () => {
  const schemes: readonly Scheme[] = ['symmetric', 'symmetricFull', 'asymmetric'];
  const qtypes = [qint8, qint4, qint2, narrowRange(qint8), narrowRange(qint4), quint8, quint4, signed(16)];
  const choices = schemes.flatMap(scheme => qtypes.filter(({signed}) => signed || scheme !== 'symmetric').map(qtype => ({scheme, qtype})));
  const granularities = [perTensor, perAxis(0), perAxis(-1), perGroup(2), perGroup(4)];
  const setting = fc.record({
    xs: fc.array(float, {minLength: 12, maxLength: 12}), // [3, 4]
    choice: fc.constantFrom(...choices),
    granularity: fc.constantFrom(...granularities),
    steps: fc.constantFrom('inverse' as const, 'division' as const),
  });
  const quantized = ({xs, choice, granularity, steps}: typeof setting extends fc.Arbitrary<infer T> ? T : never): QTensor =>
    quantize(xs, [3, 4], {...choice, granularity, steps});

  test('gives zero back as zero, for every type, scheme and granularity', () => {
    fc.assert(
      fc.property(setting, fc.nat(11), (s, at) => {
        const restored = quantized({...s, xs: s.xs.with(at, 0)}).dequantize();
        expect(restored[at]! + 0).toBe(0);
      }),
    );
  });

  test('gives the same codes again for the values that the codes stand for', () => {
    fc.assert(
      fc.property(setting, s => {
        const once = quantized(s);
        // A scale below float32's normal numbers has no digits left to be inverted with.
        fc.pre(once.scales.every(scale => scale >= 2 ** -126));
        const twice = quantize(once.dequantize(), [3, 4], {...once, steps: s.steps});
        expect(twice.codes()).toEqual(once.codes());
      }),
    );
  });

  test('keeps the order of values that share a scale', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(...choices), (xs, choice) => {
        const codes = quantize(
          [...xs].sort((a, b) => a - b),
          [xs.length],
          choice,
        ).codes();
        expect([...codes].sort((a, b) => a - b)).toEqual([...codes]);
      }),
    );
  });

  test('errs by half a step where a code is within reach, by the clipped rest where none is', () => {
    fc.assert(
      fc.property(setting, s => {
        const {qmin, qmax} = s.choice.qtype;
        const tensor = quantized(s);
        fc.pre(tensor.scales.every(scale => scale >= 2 ** -126));
        tensor.dequantize().forEach((restored, i) => {
          const {scale, zeroPoint} = sharedBy(tensor, i);
          const nearest = Math.min(Math.max(s.xs[i]!, scale * (qmin - zeroPoint)), scale * (qmax - zeroPoint));
          // float32 has 24 digits, of which the codes take up to 16.
          const precision = scale * (qmax - qmin) * 2 ** -22;
          expect(Math.abs(restored - nearest)).toBeLessThanOrEqual(scale / 2 + precision);
        });
      }),
    );
  });
});

describe('a quantized tensor', () => {
  test('gives any piece of its codes and values without the rest', () => {
    const pieces = fc.record({
      shape: fc.constantFrom([3, 5, 4], [2, 4], [60], [5, 1, 12]),
      bits: fc.integer({min: 2, max: 16}),
      granularity: fc.constantFrom(perTensor, perAxis(0), perAxis(-1), perGroup(4)),
      ends: fc.tuple(fc.nat(), fc.nat()),
    });
    fc.assert(
      fc.property(pieces, ({shape, bits, granularity, ends}) => {
        const size = shape.reduce<number>((product, n) => product * n, 1);
        const xs = Array.from({length: size}, (_, i) => Math.sin(i * 1.7) * (1 + (i % 7)));
        const tensor = quantize(xs, shape, {qtype: signed(bits), scheme: 'asymmetric', granularity});
        const [from, to] = ends.map(end => end % (size + 1)).sort((a, b) => a - b) as [number, number];
        expect(tensor.codes(from, to)).toEqual(tensor.codes().slice(from, to));
        expect(tensor.dequantize(from, to)).toEqual(tensor.dequantize().slice(from, to));
      }),
    );
    const tensor = quantize([1, 2], [2], {qtype: qint8, scheme: 'symmetric'});
    expect(() => tensor.dequantize(1, 3)).toThrow('Expected whole numbers 0 ≤ from ≤ to ≤ 2, got 1 and 3');
  });

  test('takes the bytes of its packed codes, scales and zero points, no more', () => {
    // 64 codes of 4 bits: 32 bytes; 8 groups of 8: 8 scales of 4 bytes and as many zero points.
    const xs = Array.from({length: 64}, (_, i) => i);
    const symmetric = quantize(xs, [64], {qtype: qint4, scheme: 'symmetric', granularity: perGroup(8)});
    const asymmetric = quantize(xs, [64], {qtype: qint4, scheme: 'asymmetric', granularity: perGroup(8)});
    expect([symmetric.byteLength, symmetric.bitsPerElement, asymmetric.byteLength]).toEqual([64, 8, 96]);
    for (const {packed, scales} of [symmetric, asymmetric]) expect([packed.buffer.byteLength, scales.buffer.byteLength]).toEqual([32, 32]);
    symmetric.dequantize();
    const kept = Object.values(symmetric).filter(ArrayBuffer.isView);
    expect(kept.reduce((sum, view) => sum + view.byteLength, 0)).toBe(symmetric.byteLength);
  });

  test('refuses parts that do not belong together', () => {
    const parts = {...quantize([1, 2, 3, 4], [2, 2], {qtype: qint4, scheme: 'asymmetric', granularity: perAxis(0)})};
    expect(() => new QTensor({...parts, packed: new Uint8Array(3)})).toThrow('Expected 2 bytes of codes for shape [2, 2] of qint4, got 3');
    expect(() => new QTensor({...parts, scales: new Float32Array(1)})).toThrow('Expected 2 scales for this shape and granularity, got 1');
    expect(() => new QTensor({...parts, zeroPoints: new Int32Array(3)})).toThrow('Expected 2 zero points, one a scale, got 3');
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

/** The scale and zero point of element `i` of a [3, 4] tensor. */
function sharedBy({granularity, scales, zeroPoints}: QTensor, i: number): QParams {
  const [row, column] = [Math.floor(i / 4), i % 4];
  const at =
    granularity.per === 'tensor'
      ? 0
      : granularity.per === 'group'
        ? Math.floor(i / granularity.size)
        : granularity.axis === 0
          ? row
          : column;
  return {scale: scales[at]!, zeroPoint: zeroPoints?.[at] ?? 0};
}
