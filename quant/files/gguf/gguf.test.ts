import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ggmlType, type GgufContents, type GgufValue, memorySource, quantizeGgml, readGguf, writeGguf} from '../../index.ts';

/** Written by golden.py with gguf-py. */
const golden = new Uint8Array(readFileSync(new URL('golden.gguf', import.meta.url)));
const values = Float32Array.from({length: 192}, (_, i) => Math.fround(Math.fround(i / 100) - 1));
const fileOf = (contents: GgufContents): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat([...writeGguf(contents)]));
const contents = (metadata: Record<string, GgufValue> = {}): GgufContents => ({
  metadata: new Map(Object.entries(metadata)),
  tensors: [{name: 'w', shape: [2, 32], type: ggmlType('Q8_0'), bytes: () => quantizeGgml(values.subarray(0, 64), 32, ggmlType('Q8_0'))}],
});

describe('a file of gguf-py', () => {
  const file = readGguf(memorySource(golden));

  test('gives its metadata with their types', () => {
    expect(Object.fromEntries(file.metadata)).toEqual({
      'general.architecture': {type: 'string', value: 'llama'},
      'test.uint8': {type: 'uint8', value: 200},
      'test.int8': {type: 'int8', value: -100},
      'test.uint16': {type: 'uint16', value: 60000},
      'test.int16': {type: 'int16', value: -30000},
      'test.uint32': {type: 'uint32', value: 4000000000},
      'test.int32': {type: 'int32', value: -2000000000},
      'test.float32': {type: 'float32', value: Math.fround(0.1)},
      'test.uint64': {type: 'uint64', value: 2n ** 63n},
      'test.int64': {type: 'int64', value: -(2n ** 62n)},
      'test.float64': {type: 'float64', value: 0.1},
      'test.bool': {type: 'bool', value: true},
      'test.string': {type: 'string', value: 'quantización ✓'},
      'test.strings': {type: 'array', of: 'string', value: ['a', '', 'ß']},
      'test.numbers': {type: 'array', of: 'int32', value: [1, -2, 3]},
      'test.floats': {type: 'array', of: 'float32', value: [0.5, -1.5]},
    });
  });

  test('gives its tensors with the outermost axis first', () => {
    expect([...file.tensors.values()].map(({name, shape, type}) => [name, type.name, shape])).toEqual([
      ['float', 'F32', [2, 3, 32]],
      ['half', 'F16', [2, 3, 32]],
      ['eight', 'Q8_0', [2, 3, 32]],
      ['scalar', 'F32', [1]],
    ]);
    expect(file.floats('float')).toEqual(values);
    expect([...file.floats('scalar')]).toEqual([3.5]);
    expect(Math.max(...file.floats('eight').map((x, i) => Math.abs(x - values[i]!)))).toBeLessThan(0.005);
    expect(() => file.floats('none')).toThrow("Expected the name of one of the file's 4 tensors, got none");
  });

  test('is written again byte for byte', () => {
    const {metadata, tensors} = file;
    expect(fileOf({metadata, tensors: [...tensors.values()].map(tensor => ({...tensor, bytes: () => file.bytes(tensor.name)}))})).toEqual(
      golden,
    );
  });
});

describe('writing refuses', () => {
  test('bytes that a shape does not have', () => {
    const {metadata, tensors} = contents();
    expect(() => fileOf({metadata, tensors: [{...tensors[0]!, shape: [3, 32]}]})).toThrow(
      'Expected 102 bytes for tensor w of shape [3, 32] in Q8_0, got 68',
    );
    expect(() => fileOf({metadata, tensors: [{...tensors[0]!, shape: [64, 1]}]})).toThrow('in blocks of 32 for Q8_0, got 1');
  });

  test('a name that llama.cpp has no room for, before a byte is written', () => {
    const {metadata, tensors} = contents();
    const named = (name: string) => writeGguf({metadata, tensors: [{...tensors[0]!, name}]});
    // Two bytes a letter: 62, and 64.
    expect(named('ß'.repeat(31)).next().done).toBe(false);
    expect(() => named('ß'.repeat(32)).next()).toThrow('to have at most 63 bytes in GGUF, as llama.cpp reads, got 64: ßß');
  });

  test('a value that does not fit its type, and a name that comes twice', () => {
    expect(() => fileOf(contents({'a.b': {type: 'uint8', value: 256}}))).toThrow('Expected a.b to fit uint8, got 256');
    expect(() => fileOf(contents({'a.b': {type: 'uint64', value: -1n}}))).toThrow('Expected a.b to fit uint64, got -1');
    const {metadata, tensors} = contents();
    expect(() => fileOf({metadata, tensors: [...tensors, ...tensors]})).toThrow('Expected tensor names to be unique');
    const [tensor] = tensors;
    expect(() => fileOf({metadata, tensors: [{...tensor!, shape: [1, 1, 1, ...tensor!.shape, 1, 1]}]})).toThrow(
      /to have at most 4 dimensions in GGUF, got \d; reshape it/,
    );
  });
});

describe('a hostile file', () => {
  const file = fileOf(contents({'general.alignment': {type: 'uint32', value: 32}, words: {type: 'array', of: 'string', value: ['x']}}));
  /** The file with some bytes changed where a text begins. */
  const damaged = (text: string, behind: number, bytes: number[]): Uint8Array => {
    const copy = file.slice();
    copy.set(bytes, Buffer.from(file).indexOf(text) + text.length + behind);
    return copy;
  };
  const opening = (bytes: Uint8Array) => () => readGguf(memorySource(bytes));
  const huge = [0, 0, 0, 0, 0, 0, 0, 0x80];

  test('is refused wherever it is cut off', () => {
    // Only the padding behind the last tensor, 68 bytes in blocks of 32, may be missing.
    for (let length = 0; length < file.length - 28; length++) expect(opening(file.slice(0, length))).toThrow(RangeError);
  });

  test('is refused where it claims more than it has, before room is made', () => {
    expect(opening(damaged('GGUF', 4, huge))).toThrow(/Expected tensors that fit the \d+ bytes left of the file, got 9223372036854775808/);
    expect(opening(damaged('GGUF', 12, huge))).toThrow(/Expected metadata values that fit/);
    expect(opening(damaged('words', 8, huge))).toThrow(/Expected items of words that fit/);
    expect(opening(damaged('words', 16, huge))).toThrow(/Expected bytes of words that fit/);
  });

  test('is refused for what no file may be', () => {
    expect(opening(damaged('', 0, [0x67]))).toThrow('Expected a file that begins with "GGUF"');
    expect(opening(damaged('GGUF', 0, [9]))).toThrow('Expected GGUF version 2 or 3, got 9');
    expect(opening(damaged('GGUF', 0, [0, 0, 0, 3]))).toThrow(/big-endian/);
    expect(opening(damaged('words', 0, [99]))).toThrow('Expected words to have a type from 0 to 12, got 99');
    expect(opening(damaged('words', 4, [9]))).toThrow('Expected the list of words to hold plain values, got lists in a list');
    expect(opening(damaged('general.alignment', 4, [3]))).toThrow('Expected general.alignment to be a multiple of 8, got 3');
  });

  test('is read or refused with a reason, whatever bytes are changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {minLength: 1, maxLength: 6}), changes => {
        const copy = file.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          const read = readGguf(memorySource(copy));
          for (const name of read.tensors.keys()) read.floats(name);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^Expected/);
        }
      }),
      {numRuns: 2000},
    );
  });
});
