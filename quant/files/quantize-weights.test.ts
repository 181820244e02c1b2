import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {
  bfloat16,
  chooseQParams,
  encodeFloats,
  float16,
  gptq,
  HessianObserver,
  memorySource,
  openWeights,
  outputError,
  perGroup,
  planWeights,
  qint4,
  qint8,
  QTensor,
  quantize,
  quantizeBlockWise,
  quantizeWeights,
  readQTensors,
  readSafetensors,
  roundFloat,
  signed,
  type WeightCalibration,
  type WeightFile,
  type WeightQuantization,
  writeSafetensors,
} from '../index.ts';
import {ggmlOfCodes} from './ggml/from-codes.ts';
import {dequantizeGgml, ggmlType} from './ggml/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-quantize-'));
const opened: WeightFile[] = [];
afterAll(() => {
  opened.forEach(file => file.close());
  rmSync(folder, {recursive: true, force: true});
});
const open = (path: string): WeightFile => {
  opened.push(openWeights(path));
  return opened.at(-1)!;
};

const values = (length: number, seed = 1): Float32Array<ArrayBuffer> => Float32Array.from({length}, (_, i) => Math.sin(i * i * seed + i));
const original = join(folder, 'model.safetensors');
const tensor = (name: string, shape: readonly number[], data: Float32Array) =>
  ({name, shape, dtype: 'F32', bytes: () => new Uint8Array(data.buffer)}) as const;
const matrix = values(24 * 256);
writeFileSync(
  original,
  Buffer.concat([
    ...writeSafetensors({
      metadata: new Map([['format', 'pt']]),
      tensors: [
        tensor('matrix', [24, 256], matrix),
        tensor('narrow', [6, 96], values(576, 2)),
        tensor('odd', [3, 37], values(111, 3)),
        tensor('short', [9, 5], values(45)),
        tensor('cube', [2, 3, 64], values(384, 5)),
        tensor('bias', [24], values(24)),
        {name: 'bf', shape: [2], dtype: 'BF16', bytes: () => new Uint8Array(encodeFloats([1.5, -2], bfloat16).buffer as ArrayBuffer)},
        {
          name: 'ids',
          shape: [1, 32],
          dtype: 'I64',
          bytes: () => new Uint8Array(BigInt64Array.from({length: 32}, (_, i) => 2n ** 60n + BigInt(i)).buffer),
        },
      ],
    }),
  ]),
);
const weights = open(original);

/** Inputs that go with one another, as those of layers do. */
const activations = Float32Array.from(
  {length: 96 * 256},
  (_, i) => Math.sin(i) + 2 * Math.cos(Math.floor(i / 256)) * Math.sin((i % 256) / 9),
);
const calibration: WeightCalibration = {
  samples: ({name}) => (name === 'matrix' ? 96 : 0),
  *rows({name}) {
    expect(name).toBe('matrix');
    for (let row = 0; row < 96; row += 16) yield activations.subarray(row * 256, (row + 16) * 256);
  },
};
const quantized = (options: Partial<WeightQuantization>, data: WeightCalibration | undefined = calibration): string => {
  const quantization = {method: 'gptq', bits: 4, groupSize: 128, format: 'GGUF', ...options} as const;
  const path = join(folder, `${Object.values(quantization).join('-')}.${quantization.format === 'GGUF' ? 'gguf' : 'safetensors'}`);
  const plan = planWeights(weights, quantization, data);
  writeFileSync(path, Buffer.concat([...quantizeWeights(weights, plan, {quantization, ...(data && {calibration: data})})]));
  return path;
};
const planned = (options: Partial<WeightQuantization>): unknown[] =>
  planWeights(weights, {method: 'gptq', bits: 4, groupSize: 128, format: 'GGUF', ...options}, calibration).map(
    ({name, method, type, samples}) => `${name}: ${method} ${type} ${samples}`,
  );

describe('a plan', () => {
  test('takes GPTQ where there is calibration data, rounds the others, keeps what no group fits', () => {
    expect(planned({})).toEqual([
      'matrix: gptq Q4_0 96',
      'narrow: rtn Q4_0 0',
      'odd: kept F32 0',
      'short: kept F32 0',
      'cube: rtn Q4_0 0',
      'bias: kept F32 0',
      'bf: kept F32 0',
      'ids: kept F32 0',
    ]);
    expect(planned({format: 'safetensors', bits: 3})).toEqual([
      'matrix: gptq qint3 groups of 128 96',
      'narrow: rtn qint3 × 6 0',
      'odd: rtn qint3 × 3 0',
      'short: kept F32 0',
      'cube: rtn qint3 groups of 64 0',
      'bias: kept F32 0',
      'bf: kept BF16 0',
      'ids: kept I64 0',
    ]);
  });

  test('is refused where the format cannot hold what the method gives', () => {
    expect(() => planned({bits: 3})).toThrow('Expected 4, 5 or 8 bits for GGUF, got 3; a safetensors file holds 2 to 8');
    expect(() => planned({method: 'awq'})).toThrow(/Expected method rtn or gptq for GGUF, which has no place for the factors/);
    expect(() => planned({method: 'nf4', format: 'safetensors', bits: 8})).toThrow('Expected 4 bits for nf4, got 8');
    expect(() => planned({format: 'safetensors', bits: 9})).toThrow('Expected 2 to 8 bits, got 9');
  });
});

describe("GPTQ's codes in GGUF", () => {
  test.each([4, 5, 8])('%s bits stand for the numbers that GPTQ chose, on scales that are rounded to float16 beforehand', bits => {
    const file = open(quantized({bits}));
    const observer = new HessianObserver(256);
    observer.observe(activations);
    const {quantized: expected} = gptq({outputs: 24, inputs: 256, data: matrix}, observer.hessian(), {
      qtype: signed(bits),
      scheme: bits === 8 ? 'symmetric' : 'symmetricFull',
      groupSize: 128,
      scaleFormat: float16,
    });
    expect(file.floats('matrix')).toEqual(expected.dequantize());
    expect([...expected.scales]).toEqual(Array.from(expected.scales, scale => roundFloat(scale, float16)));
    expect(file.tensors.get('matrix')!.byteLength).toBe(24 * 8 * (2 + 4 * bits));
  });

  test('leave less error behind the layer than rounding does', () => {
    const error = (path: string): number => outputError(activations, 256, matrix, open(path).floats('matrix'));
    expect(error(quantized({}))).toBeLessThan(error(quantized({method: 'rtn'})) / 3);
  });

  test('say how they came about, and leave the rest as it was', () => {
    const file = open(quantized({}));
    expect(file.metadata.get('snapgrid.quantization')).toBe('gptq, 4 bits, groups of 128');
    for (const name of ['short', 'bias', 'bf']) expect(file.floats(name)).toEqual(weights.floats(name));
  });
});

describe('rounding', () => {
  test('to a group of four blocks gives each the scale of the group', () => {
    const half = (min: number, max: number): number =>
      chooseQParams(min, max, {qtype: qint4, scheme: 'symmetricFull', scaleFormat: float16}).scale;
    const group = matrix.slice(128, 256);
    const scale = half(Math.min(...group), Math.max(...group));
    const codes = Array.from(group, value => Math.min(Math.max(Math.round(value / scale), -8), 7) * scale);
    const read = open(quantized({method: 'rtn'})).floats('matrix', 128, 256);
    expect([...read].map(value => value + 0)).toEqual(codes.map(value => value + 0));
  });

  test.each([2, 3, 4, 5, 6, 7, 8])('to %s bits in safetensors is quantize of the whole', bits => {
    const file = open(quantized({method: 'rtn', bits, format: 'safetensors'}));
    const expected = quantize(matrix, [24, 256], {
      qtype: signed(bits),
      scheme: bits === 8 ? 'symmetric' : 'symmetricFull',
      granularity: perGroup(128),
    });
    expect(file.floats('matrix')).toEqual(expected.dequantize());
    const parts = readQTensors(sourceOf(quantized({method: 'rtn', bits, format: 'safetensors'}))).get('matrix')!;
    expect(new QTensor(parts)).toEqual(expected);
    expect([...file.tensors.keys()].toSorted()).toEqual([...weights.tensors.keys()].toSorted());
  });

  test('keeps whole numbers of 64 bits, and halves, byte for byte', () => {
    const file = readSafetensors(sourceOf(quantized({method: 'rtn', format: 'safetensors'})));
    expect(new BigInt64Array(file.bytes('ids').buffer)[31]).toBe(2n ** 60n + 31n);
    expect(file.tensors.get('bf')!.dtype).toBe('BF16');
    expect([...file.floats('bf')]).toEqual([1.5, -2]);
  });
});

test('a tensor that comes in several pieces is quantized as a whole', () => {
  // More than 2^22 values, which are in memory at a time; the last piece is no whole number of bytes of eight groups.
  const shape = [2 ** 15 + 13, 136];
  const many = Float32Array.from({length: shape[0]! * shape[1]!}, (_, i) => ((i * 7919) % 10007) / 5003 - 1);
  const path = join(folder, 'many.safetensors');
  writeFileSync(path, Buffer.concat([...writeSafetensors({tensors: [tensor('many', shape, many)]})]));
  const file = open(path);
  const written = (method: 'rtn' | 'nf4', bits: number): Uint8Array => {
    const quantization = {method, bits, groupSize: 136, format: 'safetensors'} as const;
    const progress: number[] = [];
    const bytes = Buffer.concat([
      ...quantizeWeights(file, planWeights(file, quantization), {quantization, progress: values => progress.push(values)}),
    ]);
    expect(progress.at(-1)).toBe(many.length);
    expect(progress.length).toBeGreaterThan(3);
    return new Uint8Array(bytes);
  };
  const whole = quantize(many, shape, {qtype: signed(3), scheme: 'symmetricFull', granularity: {per: 'axis', axis: 0}});
  const read = new QTensor(readQTensors(memorySource(written('rtn', 3))).get('many')!);
  expect(Buffer.compare(read.packed, whole.packed)).toBe(0);
  expect(Buffer.compare(Buffer.from(read.scales.buffer), Buffer.from(whole.scales.buffer))).toBe(0);
  const blocks = quantizeBlockWise(many, shape);
  const nf4 = readSafetensors(memorySource(written('nf4', 4)));
  expect(Buffer.compare(nf4.bytes('many'), blocks.packed)).toBe(0);
  expect(Buffer.compare(nf4.bytes('many.absmax'), Buffer.from((blocks.absMax as Float32Array).buffer))).toBe(0);
});

test('AWQ gives codes and the factors of its inputs, which are divided out when it is read', () => {
  const file = open(quantized({method: 'awq', format: 'safetensors', bits: 3}));
  const rounded = open(quantized({method: 'rtn', format: 'safetensors', bits: 3}));
  const error = (other: WeightFile): number => outputError(activations, 256, matrix, other.floats('matrix'));
  expect(file.tensors.get('matrix')!.type).toBe('qint3 groups of 128 AWQ');
  expect(file.tensors.get('narrow')!.type).toBe('qint3 × 6');
  expect(error(file)).toBeLessThan(error(rounded));
  expect(file.floats('matrix', 300, 333)).toEqual(file.floats('matrix').slice(300, 333));
});

test('names the tensor that cannot be quantized', () => {
  const path = join(folder, 'bad.safetensors');
  writeFileSync(path, Buffer.concat([...writeSafetensors({tensors: [tensor('layer.w', [2, 32], new Float32Array(64).fill(NaN))]})]));
  const bad = open(path);
  for (const method of ['rtn', 'nf4'] as const) {
    const quantization = {method, bits: 4, groupSize: 32, format: 'safetensors'} as const;
    expect(() => [...quantizeWeights(bad, planWeights(bad, quantization), {quantization})]).toThrow(
      'Tensor layer.w: Expected finite values',
    );
  }
});

describe('blocks of codes', () => {
  const tensorOf = (options: object): QTensor =>
    quantize(values(128), [2, 64], {qtype: qint4, scheme: 'symmetric', scaleFormat: float16, ...options});

  test('stand for the same numbers, whatever shares a scale', () => {
    for (const qtype of [qint4, signed(5), qint8])
      for (const granularity of [{per: 'tensor'}, {per: 'axis', axis: 0}, {per: 'group', size: 32}] as const) {
        const quantized = tensorOf({qtype, granularity});
        expect(dequantizeGgml(ggmlOfCodes(quantized), ggmlType({4: 'Q4_0', 5: 'Q5_0', 8: 'Q8_0'}[qtype.bits]!))).toEqual(
          quantized.dequantize(),
        );
      }
  });

  test('are refused where ggml has no place for them', () => {
    expect(() => ggmlOfCodes(tensorOf({granularity: {per: 'group', size: 16}}))).toThrow(
      /Expected rows and groups of whole blocks of 32 for Q4_0/,
    );
    expect(() => ggmlOfCodes(tensorOf({granularity: {per: 'axis', axis: 1}}))).toThrow(/scales for 1/);
    expect(() => ggmlOfCodes(tensorOf({scheme: 'asymmetric'}))).toThrow(/Expected signed codes without zero points for Q4_0/);
    expect(() => ggmlOfCodes(quantize([1, ...values(31)], [1, 32], {qtype: qint4, scales: [0.1]}))).toThrow(
      /Expected scales that are float16 numbers/,
    );
    expect(() => quantize([1e9], [1], {qtype: qint4, scheme: 'symmetric', scaleFormat: float16})).toThrow(
      /Expected a scale that float16 can hold, at most 65504/,
    );
    expect(quantize([1e-9], [1], {qtype: qint4, scheme: 'symmetric', scaleFormat: float16}).scales[0]).toBe(2 ** -24);
  });
});

function sourceOf(path: string): Parameters<typeof readSafetensors>[0] {
  return memorySource(new Uint8Array(Buffer.concat([readFileSync(path)])));
}
