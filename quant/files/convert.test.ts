import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {compareWeights, convertToGguf, ggmlType, memorySource, openWeights, readGguf, storedType, writeSafetensors} from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-weights-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const values = (length: number): Float32Array => Float32Array.from({length}, (_, i) => Math.sin(i * i));
const tensor = (name: string, shape: readonly number[], data: Float32Array) =>
  ({name, shape, dtype: 'F32', bytes: () => new Uint8Array(data.buffer)}) as const;
const original = join(folder, 'model.safetensors');
writeFileSync(
  original,
  Buffer.concat([
    ...writeSafetensors({
      tensors: [
        tensor('matrix', [6, 512], values(3072)),
        tensor('odd', [4, 96], values(384)),
        tensor('tiny', [3, 5], values(15)),
        tensor('bias', [64], values(64)),
      ],
    }),
  ]),
);

test('stores matrices in the type, or in the nearest that their rows allow, and vectors in float32', () => {
  const names = (wanted: string): string[] => [[6, 512], [4, 96], [3, 5], [64]].map(shape => storedType({shape}, ggmlType(wanted)).name);
  expect(names('Q4_K')).toEqual(['Q4_K', 'Q5_0', 'F32', 'F32']);
  expect(names('Q6_K')).toEqual(['Q6_K', 'Q8_0', 'F32', 'F32']);
  expect(names('Q4_0')).toEqual(['Q4_0', 'Q4_0', 'F32', 'F32']);
  expect(names('F16')).toEqual(['F16', 'F16', 'F16', 'F32']);
});

describe('a converted file', () => {
  const weights = openWeights(original);
  const done: number[] = [];
  const converted = join(folder, 'model.gguf');
  writeFileSync(converted, Buffer.concat([...convertToGguf(weights, ggmlType('Q8_0'), values => done.push(values))]));
  const other = openWeights(converted);
  afterAll(() => [weights, other].forEach(file => file.close()));

  test('holds the same tensors, and tells how far it is', () => {
    expect(other.format).toBe('GGUF');
    expect([...other.tensors.values()].map(({name, type, shape}) => [name, type, shape])).toEqual([
      ['matrix', 'Q8_0', [6, 512]],
      ['odd', 'Q8_0', [4, 96]],
      ['tiny', 'F32', [3, 5]],
      ['bias', 'F32', [64]],
    ]);
    expect(done.at(-1)).toBe(3535);
  });

  test('is compared tensor by tensor', () => {
    const {parts, errors, onlyOriginal, bytes} = compareWeights(weights, other);
    expect(parts.map(({name, bytes, elements}) => [name, (bytes * 8) / elements])).toEqual([
      ['matrix', 8.5],
      ['odd', 8.5],
      ['tiny', 32],
      ['bias', 32],
    ]);
    // A uniform error of half a step of 1/127 has a mean of a quarter step.
    expect(parts[0]!.errors!.maxAbsError).toBeLessThanOrEqual(0.5 / 127 + 1e-3);
    expect(parts[0]!.errors!.meanAbsError).toBeCloseTo(0.25 / 127, 3);
    expect(parts[2]!.errors!.sqnrDb).toBe(Infinity);
    expect(errors.sqnrDb).toBeGreaterThan(45);
    expect(errors.count).toBe(3535);
    expect(onlyOriginal).toEqual([]);
    expect(bytes).toBe((3456 * 34) / 32 + 79 * 4);
  });

  test('can be read in pieces of whole blocks only', () => {
    const gguf = readGguf(memorySource(Buffer.concat([...convertToGguf(weights, ggmlType('Q8_0'))])));
    expect(gguf.floats('matrix', 512, 1024)).toEqual(gguf.floats('matrix').slice(512, 1024));
    expect(() => gguf.floats('matrix', 1, 33)).toThrow('Expected values of whole blocks of 32 within 3072, got 1 to 33');
    expect(weights.floats('matrix', 7, 9)).toEqual(values(3072).slice(7, 9));
    expect(() => weights.floats('matrix', 0, 3073)).toThrow('Expected values within the 3072 of tensor matrix, got 0 to 3073');
  });
});

test('names the tensor that cannot be converted, and the type', () => {
  const path = join(folder, 'bad.safetensors');
  writeFileSync(path, Buffer.concat([...writeSafetensors({tensors: [tensor('layer.w', [2, 32], new Float32Array(64).fill(NaN))]})]));
  const weights = openWeights(path);
  expect(() => [...convertToGguf(weights, ggmlType('Q8_0'))]).toThrow('Tensor layer.w: Expected finite values, got NaN at 0');
  expect(() => [...convertToGguf(weights, ggmlType('Q2_K'))]).toThrow('Expected a type that can be written, got Q2_K');
  weights.close();
});
