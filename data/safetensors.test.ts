import {describe, expect, it} from 'vitest';
import {readSafetensors, writeSafetensors} from './safetensors.ts';

const file = (header: string, body: number): Uint8Array => {
  const bytes = new Uint8Array(8 + header.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
};

describe('safetensors', () => {
  it('reads back what it wrote, names, shapes and bits', () => {
    const tensors = new Map([
      ['a', {dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -0, NaN, 0.1)}],
      ['ü', {dtype: 'int32', shape: [3], data: Int32Array.of(-1, 0, 7)}],
      ['empty', {dtype: 'float32', shape: [0, 4], data: new Float32Array(0)}],
      ['mask', {dtype: 'bool', shape: [], data: Uint8Array.of(1)}],
    ] as const);
    expect(readSafetensors(writeSafetensors(tensors))).toEqual(tensors);
    expect(readSafetensors(Buffer.concat([Buffer.alloc(3), writeSafetensors(tensors)]).subarray(3))).toEqual(tensors);
  });

  it('reads a file laid out by hand', () => {
    const bytes = file('{"__metadata__":{"by":"hand"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 2.5, true);
    expect(readSafetensors(bytes).get('x')).toEqual({dtype: 'float32', shape: [1], data: Float32Array.of(2.5)});
  });

  it.each([
    ['no file at all', new Uint8Array(3)],
    ['a header longer than the file', file('{}', 0).fill(255, 0, 8)],
    ['a header that is a list', file('[]', 0)],
    ['a tensor that ends after the file', file('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4)],
    ['a shape larger than its bytes', file('{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}', 4)],
    ['a negative size', file('{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}', 4)],
    [
      'two tensors in the same bytes',
      file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    ],
    ['bytes that belong to no tensor', file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8)],
    ['a dtype it cannot hold', file('{"x":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}', 4)],
    ['null for a tensor', file('{"x":null}', 0)],
  ])('refuses %s', (_, bytes) => expect(() => readSafetensors(bytes)).toThrow(/Expected|JSON/));
});
