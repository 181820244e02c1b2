import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {memorySource, readSafetensors, type SafetensorsContents, writeSafetensors} from '../index.ts';

/** Written by golden.py with the safetensors package. */
const golden = new Uint8Array(readFileSync(new URL('golden.safetensors', import.meta.url)));
const fileOf = (contents: SafetensorsContents): Uint8Array => new Uint8Array(Buffer.concat([...writeSafetensors(contents)]));
const opening = (bytes: Uint8Array) => () => readSafetensors(memorySource(bytes));
const byHand = (header: string, body: number): Uint8Array => {
  const bytes = new Uint8Array(8 + header.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
};

describe('a file of the safetensors package', () => {
  const file = readSafetensors(memorySource(golden));

  test('gives its metadata, and its tensors as numbers', () => {
    expect(Object.fromEntries(file.metadata)).toEqual({format: 'pt', 'made by': 'safetensors'});
    for (const dtype of ['F64', 'F32', 'F16', 'BF16'])
      expect([dtype, file.tensors.get(dtype)!.shape, ...file.floats(dtype)]).toEqual([dtype, [2, 3], 1.5, -2, 0, 0.25, 100, -0.5]);
    for (const dtype of ['F8_E4M3', 'F8_E5M2']) expect([...file.floats(dtype)]).toEqual([1.5, -2, 0, 0.25, 96, -0.5]);
    for (const dtype of ['I64', 'I32', 'I16', 'I8']) expect([...file.floats(dtype)]).toEqual([1, -2, 0, 0, 100, 0]);
    expect([...file.floats('U8')]).toEqual([1, 2, 0, 0, 100, 0]);
    expect([...file.floats('BOOL')]).toEqual([1, 0, 0, 1, 1, 0]);
    expect([file.tensors.get('scalar')!.shape, ...file.floats('scalar')]).toEqual([[], 3]);
    expect(file.floats('empty').length).toBe(0);
    expect(() => file.bytes('none')).toThrow("Expected the name of one of the file's 14 tensors, got none");
  });

  test('is read again from what is written of it', () => {
    const tensors = [...file.tensors.values()].map(tensor => ({...tensor, bytes: () => file.bytes(tensor.name)}));
    const again = readSafetensors(memorySource(fileOf({metadata: file.metadata, tensors})));
    expect([...again.tensors.keys()]).toEqual([...file.tensors.keys()]);
    for (const name of file.tensors.keys()) expect(again.bytes(name)).toEqual(file.bytes(name));
    expect(again.metadata).toEqual(file.metadata);
  });
});

describe('writing refuses', () => {
  const tensor = {name: 'x', dtype: 'F32', shape: [2], bytes: () => new Uint8Array(8)} as const;

  test('bytes that a shape does not have, and a name that comes twice', () => {
    expect(() => fileOf({tensors: [{...tensor, shape: [3]}]})).toThrow('Expected 12 bytes for tensor x of shape [3] in F32, got 8');
    expect(() => fileOf({tensors: [tensor, tensor]})).toThrow(/Expected tensor names to be unique/);
    expect(() => fileOf({metadata: new Map([['a', 'b']]), tensors: [{...tensor, name: '__metadata__'}]})).toThrow(/__metadata__/);
  });
});

describe('a hostile file', () => {
  test.each([
    ['no file at all', new Uint8Array(3)],
    ['a header longer than the file', byHand('{}', 0).fill(255, 0, 8)],
    ['a header that is a list', byHand('[]', 0)],
    ['a header that is no JSON', byHand('{"x"', 0)],
    ['a tensor that ends after the file', byHand('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4)],
    ['a shape larger than its bytes', byHand('{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}', 4)],
    ['a negative size', byHand('{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}', 4)],
    [
      'two tensors in the same bytes',
      byHand('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    ],
    ['bytes that belong to no tensor', byHand('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8)],
    ['a dtype it cannot hold', byHand('{"x":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}', 4)],
    ['null for a tensor', byHand('{"x":null}', 0)],
    ['metadata that is no text', byHand('{"__metadata__":{"a":1}}', 0)],
  ])('is refused: %s', (_, bytes) => expect(opening(bytes)).toThrow(/^Expected/));

  test('is read or refused with a reason, whatever bytes are changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(golden.length - 1), fc.nat(255)), {minLength: 1, maxLength: 6}), changes => {
        const copy = golden.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          const file = readSafetensors(memorySource(copy));
          for (const name of file.tensors.keys()) file.floats(name);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      {numRuns: 1000},
    );
  });
});

test('nothing is written that could not be read again', () => {
  const tensor = {name: 'w', dtype: 'F32', shape: [1], bytes: () => new Uint8Array(4)} as const;
  for (const shape of [[-1, -1], [0.5, 2], Array<number>(9).fill(1)])
    expect(() => fileOf({tensors: [{...tensor, shape}]})).toThrow('Expected tensor w to have a shape of at most 8 whole numbers, got [');
  expect(() => fileOf({tensors: [{...tensor, dtype: 'F33' as 'F32'}]})).toThrow(/Expected tensor w to be F64, .*, got F33/);
});
