import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  type Granularity,
  memorySource,
  narrowRange,
  perAxis,
  perGroup,
  perTensor,
  qint2,
  qint3,
  qint4,
  qint8,
  QTensor,
  quantize,
  quint2,
  quint4,
  quint8,
  readQTensors,
  readSafetensors,
  signed,
  unsigned,
  writeQTensors,
  writeSafetensors,
} from '../index.ts';
import {qtensorFloats, qtensorLayouts} from './qtensors.ts';

const qtypes = [qint2, quint2, qint3, qint4, quint4, qint8, quint8, narrowRange(qint8), signed(5), unsigned(11), signed(16)];
const values = (length: number): Float32Array => Float32Array.from({length}, (_, i) => Math.sin(i * i + 1));
const granularities: Granularity[] = [perTensor, perAxis(0), perAxis(1), perAxis(-1), perGroup(4), perGroup(12)];
const quantized = (qtype = qint4, granularity = perGroup(4), scheme: 'symmetricFull' | 'asymmetric' = 'asymmetric'): QTensor =>
  quantize(values(3 * 5 * 12), [3, 5, 12], {qtype, granularity, scheme});

describe('a serialized QTensor', () => {
  test.each(qtypes)('of $name comes back as it was, with every granularity', qtype => {
    for (const granularity of granularities)
      for (const scheme of ['symmetricFull', 'asymmetric'] as const) {
        const tensor = quantized(qtype, granularity, scheme);
        const again = QTensor.deserialize(tensor.serialize());
        expect(again).toEqual(tensor);
        expect(again.dequantize()).toEqual(tensor.dequantize());
        expect(again.byteLength).toBe(tensor.byteLength);
      }
  });

  test('comes back without elements, as a scalar, and from the middle of a buffer', () => {
    for (const tensor of [
      quantize([], [0, 4], {qtype: qint8, scheme: 'symmetric'}),
      quantize([-3], [], {qtype: qint8, scheme: 'symmetric'}),
    ]) {
      const bytes = tensor.serialize();
      const buffer = new Uint8Array(bytes.length + 9);
      buffer.set(bytes, 5);
      expect(QTensor.deserialize(buffer.subarray(5, 5 + bytes.length))).toEqual(tensor);
    }
  });

  test('is a safetensors file whose names any reader understands', () => {
    const file = readSafetensors(memorySource(quantized().serialize()));
    expect([...file.tensors.values()].map(({name, dtype, shape}) => [name, dtype, shape])).toEqual([
      ['tensor.scales', 'F32', [45]],
      ['tensor.zero_points', 'I32', [45]],
      ['tensor', 'U8', [96]],
    ]);
    expect(JSON.parse(file.metadata.get('snapgrid.qtensor.tensor')!)).toEqual({
      shape: [3, 5, 12],
      qtype: {name: 'qint4', bits: 4, qmin: -8, qmax: 7, signed: true},
      granularity: {per: 'group', size: 4},
    });
  });
});

describe('a file of several', () => {
  const tensors = new Map([
    ['a', quantized(qint3, perAxis(1))],
    ['b.weight', quantized(quint8, perTensor)],
  ]);
  const bytes = new Uint8Array(Buffer.concat([...writeQTensors(tensors, new Map([['made by', 'hand']]))]));

  test('gives each, and its metadata', () => {
    const read = readQTensors(memorySource(bytes));
    expect([...read].map(([name, parts]) => [name, new QTensor(parts)])).toEqual([...tensors]);
    expect(readSafetensors(memorySource(bytes)).metadata.get('made by')).toBe('hand');
  });

  test('is no QTensor by itself', () => {
    expect(() => QTensor.deserialize(bytes)).toThrow('Expected the bytes of one quantized tensor');
    expect(() => [...writeQTensors(new Map([...tensors, ['a.scales', quantized()]]))]).toThrow(/unique/);
  });
});

test('is read in pieces as a whole: any granularity, any place', () => {
  const place = fc.tuple(fc.nat(180), fc.nat(180)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  fc.assert(
    fc.property(fc.constantFrom(...qtypes), fc.constantFrom(...granularities), place, (qtype, granularity, [from, to]) => {
      const tensor = quantized(qtype, granularity);
      const file = readSafetensors(memorySource(tensor.serialize()));
      const piece = qtensorFloats(file, 'tensor', qtensorLayouts(file).get('tensor')!, from, to);
      expect(piece).toEqual(tensor.dequantize().slice(from, to));
    }),
    {numRuns: 300},
  );
});

describe('hostile metadata', () => {
  const good = {shape: [2, 8], qtype: {...qint4}, granularity: {per: 'group', size: 4}};
  const fileOf = (layout: unknown, scale = 1): Uint8Array => {
    const tensors = [
      {name: 'tensor.scales', dtype: 'F32', shape: [4], bytes: () => new Uint8Array(new Float32Array(4).fill(scale).buffer)},
      {name: 'tensor', dtype: 'U8', shape: [8], bytes: () => new Uint8Array(8)},
    ] as const;
    const json = typeof layout === 'string' ? layout : JSON.stringify(layout);
    return new Uint8Array(Buffer.concat([...writeSafetensors({metadata: new Map([['snapgrid.qtensor.tensor', json]]), tensors})]));
  };

  test('is not the one that these cases differ from', () => {
    expect(QTensor.deserialize(fileOf(good)).dequantize()).toEqual(new Float32Array(16));
  });

  test.each([
    ['no JSON', '{"shape"'],
    ['null', null],
    ['a list', []],
    ['no shape', {...good, shape: undefined}],
    ['a shape of 2^63 elements', {...good, shape: [2 ** 31, 2 ** 32]}],
    ['a shape that no number holds', '{"shape":[9223372036854775808,1]}'],
    ['a negative shape', {...good, shape: [-2, -8]}],
    ['a shape larger than its bytes', {...good, shape: [1024, 8]}],
    ['codes of 64 bits', {...good, qtype: {...qint4, bits: 64}}],
    ['codes of half a bit', {...good, qtype: {...qint4, bits: 0.5}}],
    ['a range that its bits do not have', {...good, qtype: {...qint4, qmax: 8}}],
    ['a range turned round', {...good, qtype: {...qint4, qmin: 7, qmax: -8}}],
    ['a sign that is a text', {...good, qtype: {...qint4, signed: 'no'}}],
    ['groups of nothing', {...good, granularity: {per: 'group', size: 0}}],
    ['groups that do not divide the rows', {...good, granularity: {per: 'group', size: 3}}],
    ['an axis that is not there', {...good, granularity: {per: 'axis', axis: 5}}],
    ['an unknown granularity', {...good, granularity: {per: 'pair'}}],
    ['another number of scales', {...good, granularity: {per: 'tensor'}}],
  ])('is refused: %s', (_, layout) => expect(() => QTensor.deserialize(fileOf(layout))).toThrow(/^Expected/));

  test.each([0, -1, NaN, Infinity])('is refused with a scale of %s', scale =>
    expect(() => QTensor.deserialize(fileOf(good, scale))).toThrow(/Expected scales of tensor tensor to be above 0/),
  );

  test('is read or refused with a reason, whatever bytes are changed', () => {
    const bytes = quantized().serialize();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), {minLength: 1, maxLength: 4}), changes => {
        const copy = bytes.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          QTensor.deserialize(copy).dequantize();
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^Expected/);
        }
      }),
      {numRuns: 1000},
    );
  });
});
