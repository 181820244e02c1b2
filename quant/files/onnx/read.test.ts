import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {memorySource, type OnnxContents, type OnnxTensor, readOnnx, writeOnnx} from '../../index.ts';
import {type Encoded, float32, integer, joined, nested, rawBytes, text} from './wire-write.ts';

/** Written by golden.py with the onnx package. */
const golden = new Uint8Array(readFileSync(new URL('golden.onnx', import.meta.url)));
const {values} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {values: Record<string, number[]>};
const opened = (bytes: Uint8Array) => () => readOnnx(memorySource(bytes));
const bytesOf = ({pieces}: {readonly pieces: readonly Uint8Array[]}): Uint8Array => new Uint8Array(Buffer.concat(pieces));

describe('a model of the onnx package', () => {
  const model = readOnnx(memorySource(golden));

  test.each(Object.keys(values))('gives the numbers of %s', name => {
    const tensor = model.initializers.get(name)!;
    expect([...tensor.floats()].map(value => value + 0)).toEqual(values[name]!.map(value => value + 0));
    expect([...tensor.floats(1, 4)]).toEqual([...tensor.floats()].slice(1, 4));
    expect(tensor.dtype.name).toBe(name.split(' ')[0]);
  });

  test('gives scalars, tensors without elements, and what is no number', () => {
    const of = (name: string): OnnxTensor => model.initializers.get(name)!;
    expect([of('scalar').shape, ...of('scalar').floats()]).toEqual([[], 3.5]);
    expect([of('empty').shape, of('empty').floats().length]).toEqual([[0, 4], 0]);
    expect(of('texts')).toMatchObject({shape: [2], byteLength: 0, dtype: {name: 'STRING'}});
    expect(() => of('texts').floats()).toThrow('Expected real numbers in tensor texts, got STRING');
    expect(() => of('complex').floats()).toThrow('Expected real numbers in tensor complex, got COMPLEX64');
    expect([...new Float32Array(of('complex').bytes().buffer)]).toEqual([1, 2]);
  });

  test('lists a tensor in another file, and never opens that file', () => {
    const outside = model.initializers.get('outside')!;
    expect(outside).toMatchObject({shape: [4], byteLength: 16, external: '"../weights.bin"'});
    expect(() => outside.floats()).toThrow(
      `Expected the data of tensor outside in the model's own file, got "../weights.bin", which is not read`,
    );
  });

  test('gives what it is of, its values, and its nodes with their attributes', () => {
    expect(model).toMatchObject({irVersion: 11, producer: 'golden.py', graphName: 'golden graph'});
    expect(Object.fromEntries(model.opsets)).toEqual({'': 23, 'snapgrid.test': 1});
    expect(Object.fromEntries(model.metadata)).toEqual({'made by': 'onnx ✓'});
    expect(model.inputs).toEqual([{name: 'x', dtype: 'FLOAT', shape: ['batch', 3, -1, 8]}]);
    expect(model.outputs).toEqual([
      {name: 'z', dtype: 'FLOAT', shape: [1]},
      {name: 'w', dtype: 'FLOAT16'},
    ]);
    expect(model.nodes.map(({name, op, domain, inputs, outputs}) => [name, op, domain, inputs, outputs])).toEqual([
      ['c', 'Constant', '', [], ['constant']],
      ['conv', 'Conv', '', ['x', 'FLOAT raw', ''], ['y']],
      ['', 'Made', 'snapgrid.test', ['y'], ['z']],
      ['', 'If', '', ['BOOL raw'], ['w']],
    ]);
    const [constant, conv, made, branch] = model.nodes.map(({attributes}) => Object.fromEntries(attributes));
    expect([...(constant!['value'] as OnnxTensor).floats()]).toEqual([1, 2]);
    expect(conv).toEqual({strides: [1, 2], auto_pad: 'SAME_UPPER', group: 3});
    expect(made).toEqual({alpha: 0.5, names: ['a', 'b'], scales: [0.5, -1.5]});
    expect(branch).toEqual({then_branch: 'graph', else_branch: 'graph'});
  });
});

const contents: OnnxContents = {
  graphName: 'g',
  inputs: [{name: 'x', dtype: 'FLOAT', shape: ['batch', 3]}],
  outputs: [{name: 'y', dtype: 'FLOAT', shape: [-1, 2]}],
  nodes: [
    {op: 'Gemm', inputs: ['x', 'w'], outputs: ['m'], name: 'mul', attributes: {alpha: {float: 2}, beta: 0.5, transB: 0}},
    {op: 'Own', inputs: ['m', ''], outputs: ['y'], domain: 'a.b', attributes: {mode: 'x', axes: [1, -1], none: []}},
  ],
  initializers: [
    {name: 'w', dtype: 'FLOAT', shape: [3, 2], bytes: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)},
    {name: 'q', dtype: 'INT4', shape: [3], bytes: Uint8Array.of(0x21, 0x0f)},
  ],
  metadata: new Map([['a', 'b']]),
};
const written = (changes: Partial<OnnxContents> = {}): Uint8Array =>
  new Uint8Array(Buffer.concat([...writeOnnx({...contents, ...changes})]));

describe('a model that was written', () => {
  test('is read as it went', () => {
    const model = readOnnx(memorySource(written()));
    expect(model).toMatchObject({producer: 'snapgrid', graphName: 'g', inputs: contents.inputs, outputs: contents.outputs});
    expect(
      model.nodes.map(({op, inputs, outputs, domain, attributes}) => ({op, inputs, outputs, domain, ...Object.fromEntries(attributes)})),
    ).toEqual([
      {op: 'Gemm', inputs: ['x', 'w'], outputs: ['m'], domain: '', alpha: 2, beta: 0.5, transB: 0},
      {op: 'Own', inputs: ['m', ''], outputs: ['y'], domain: 'a.b', mode: 'x', axes: [1, -1], none: []},
    ]);
    expect([...model.initializers.get('w')!.floats()]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...model.initializers.get('q')!.floats()]).toEqual([1, 2, -1]);
    expect([...model.metadata]).toEqual([['a', 'b']]);
  });

  test('is not written where a tensor has not the bytes of its shape', () => {
    expect(() => written({initializers: [{name: 'w', dtype: 'INT4', shape: [3], bytes: new Uint8Array(3)}]})).toThrow(
      'Expected 2 bytes for tensor w of shape [3] in INT4, got 3',
    );
    expect(() => written({initializers: [{name: 'w', dtype: 'INT3', shape: [3], bytes: new Uint8Array(3)}]})).toThrow(
      /Expected an element type of ONNX/,
    );
  });
});

test('a sparse tensor may be taken by nodes, though it is not read', () => {
  const values = joined(integer(1, 1), integer(2, 1), text(8, 'sparse'), rawBytes(9, new Uint8Array(4)));
  const node = joined(text(1, 'sparse'), text(2, 'y'), text(4, 'Relu'));
  const model = opened(bytesOf(joined(integer(1, 10), nested(7, joined(nested(1, node), nested(15, nested(1, values)))))))();
  expect([model.nodes[0]!.inputs, [...model.initializers]]).toEqual([['sparse'], []]);
});

describe('a hostile model', () => {
  const tensor = (...fields: Encoded[]): Uint8Array =>
    bytesOf(joined(integer(1, 10), nested(7, nested(5, joined(text(8, 'w'), ...fields)))));
  const node = (input: string, output: string): OnnxContents['nodes'][number] => ({op: 'Relu', inputs: [input], outputs: [output]});

  test('is refused wherever it is cut off', () => {
    const bytes = written();
    // Behind the graph, a model that has lost its metadata is still one.
    const end = bytes.length - 20;
    for (let length = 0; length < end; length++) expect(opened(bytes.slice(0, length))).toThrow(/^Expected/);
  });

  test.each([
    ['a shape of 2^63', tensor(integer(1, 2n ** 63n - 1n), integer(2, 1), rawBytes(9, new Uint8Array(4)))],
    [
      'sizes whose product is beyond all numbers',
      tensor(integer(1, 2n ** 40n), integer(1, 2n ** 40n), integer(2, 1), rawBytes(9, new Uint8Array(4))),
    ],
    ['a negative size', tensor(integer(1, -4), integer(2, 1), rawBytes(9, new Uint8Array(4)))],
    ['a shape larger than its bytes', tensor(integer(1, 2 ** 33), integer(2, 1), rawBytes(9, new Uint8Array(4)))],
    ['a shape larger than its numbers', tensor(integer(1, 2 ** 33), integer(2, 1), float32(4, 1))],
    ['a shape without any data', tensor(integer(1, 2 ** 33), integer(2, 1))],
    ['a thousand dimensions', tensor(rawBytes(1, new Uint8Array(1000).fill(1)), integer(2, 1), rawBytes(9, new Uint8Array(4)))],
    ['an unknown type', tensor(integer(1, 1), integer(2, 99), rawBytes(9, new Uint8Array(4)))],
    ['numbers of another type than it says', tensor(integer(1, 1), integer(2, 11), rawBytes(4, new Uint8Array(8)))],
    ['raw data that is a number', tensor(integer(1, 1), integer(2, 1), integer(9, 4))],
    ['a name longer than any', bytesOf(joined(integer(1, 10), nested(7, text(2, 'x'.repeat(70_000)))))],
    ['a group of protobuf 2', Uint8Array.of(0x0b, 0x0c)],
    ['a number that never ends', new Uint8Array(100).fill(255)],
    ['a length of 2^63', Uint8Array.of(0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 127, 0)],
    ['nothing', new Uint8Array(0)],
    ['no graph', bytesOf(integer(1, 10))],
    ['a safetensors file', new Uint8Array(Buffer.from('\x10\0\0\0\0\0\0\0{"a":1}         '))],
    ['a cycle', written({nodes: [node('b', 'a'), node('a', 'b'), node('b', 'y')]})],
    ['a node of itself', written({nodes: [node('y', 'y')]})],
    ['a value made twice', written({nodes: [node('x', 'y'), node('x', 'y')]})],
    ['an output that nothing makes', written({nodes: []})],
    ['a tensor that comes twice', written({initializers: [contents.initializers[0]!, contents.initializers[0]!]})],
    ['a node that does nothing', written({nodes: [{op: '', inputs: ['x'], outputs: ['y']}]})],
  ])('is refused: %s', (_, bytes) => expect(opened(bytes)).toThrow(/^Expected/));

  test('costs no stack, however deep its messages are nested', () => {
    let deep = joined(text(2, 'bottom'));
    // node → attribute → graph → node …: a branch within a branch, ten thousand deep, is not followed.
    for (let i = 0; i < 10_000; i++) {
      const bytes = bytesOf(nested(1, joined(text(4, 'If'), nested(5, joined(text(1, 'then_branch'), nested(6, deep))))));
      deep = {pieces: [bytes], length: bytes.length};
    }
    expect(opened(bytesOf(joined(integer(1, 10), nested(7, deep))))().nodes).toHaveLength(1);
  });

  test('that says little may hold much only where the file does', () => {
    const many = tensor(integer(1, 8), integer(2, 7), rawBytes(7, new Uint8Array(9).fill(1)));
    expect(() => opened(many)().initializers.get('w')!.floats()).toThrow('Expected 64 bytes of numbers in tensor w, got more');
  });

  test.each([
    ['the golden file', golden],
    ['a file of ours', written()],
  ])('is read or refused with a reason, whatever bytes of %s are changed', (_, original) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), {minLength: 1, maxLength: 6}), changes => {
        const copy = original.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          const model = readOnnx(memorySource(copy));
          for (const tensor of model.initializers.values()) tensor.floats();
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^Expected/);
        }
      }),
      {numRuns: 3000},
    );
  });
});
