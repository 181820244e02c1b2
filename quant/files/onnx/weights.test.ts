import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {
  compareWeights,
  openWeights,
  type OnnxContents,
  type OnnxTensorContents,
  perGroup,
  qint4,
  quantize,
  type WeightFile,
  writeOnnx,
} from '../../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-onnx-'));
const opened: WeightFile[] = [];
afterAll(() => {
  opened.forEach(file => file.close());
  rmSync(folder, {recursive: true, force: true});
});

const floats = (name: string, shape: readonly number[], values: readonly number[]): OnnxTensorContents => ({
  name,
  dtype: 'FLOAT',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const int8s = (name: string, shape: readonly number[], values: readonly number[]): OnnxTensorContents => ({
  name,
  dtype: 'INT8',
  shape,
  bytes: new Uint8Array(Int8Array.from(values).buffer),
});
const dequantize = (
  inputs: readonly string[],
  attributes: NonNullable<OnnxContents['nodes'][number]['attributes']> = {},
): OnnxContents['nodes'][number] => ({
  op: 'DequantizeLinear',
  inputs,
  outputs: [`${inputs[0]} numbers`],
  attributes,
});

let files = 0;
function open(initializers: readonly OnnxTensorContents[], nodes: OnnxContents['nodes'] = []): WeightFile {
  const path = join(folder, `${files++}.onnx`);
  const contents = {graphName: 'g', inputs: [{name: 'x', dtype: 'FLOAT', shape: [1]}], outputs: [{name: 'x', dtype: 'FLOAT', shape: [1]}]};
  writeFileSync(path, Buffer.concat([...writeOnnx({...contents, initializers, nodes})]));
  opened.push(openWeights(path));
  return opened.at(-1)!;
}

describe("a model's weights", () => {
  test('are its constants, and what it is of', () => {
    const weights = open([floats('w', [2, 2], [1, 2, 3, 4]), floats('b', [], [5])]);
    expect(weights.format).toBe('ONNX');
    expect([...weights.tensors.values()].map(({name, type, shape, byteLength}) => [name, type, shape, byteLength])).toEqual([
      ['w', 'FLOAT', [2, 2], 16],
      ['b', 'FLOAT', [], 4],
    ]);
    expect([...weights.floats('w', 1, 3)]).toEqual([2, 3]);
    expect(() => weights.floats('none')).toThrow("Expected the name of one of the file's 2 tensors, got none");
    expect(Object.fromEntries(weights.metadata)).toMatchObject({operators: 'ONNX 21', inputs: 'x FLOAT [1]', producer: 'snapgrid'});
  });

  test('are the numbers that codes stand for: one scale, one along an axis, one for each block', () => {
    const codes = [1, -2, 3, 4, -5, 6, 7, -8];
    const one = open(
      [int8s('w_quantized', [2, 4], codes), floats('s', [], [0.5]), int8s('z', [], [1])],
      [dequantize(['w_quantized', 's', 'z'])],
    );
    expect([...one.tensors.keys()]).toEqual(['w']);
    expect(one.tensors.get('w')).toMatchObject({type: 'INT8', byteLength: 13});
    expect([...one.floats('w')]).toEqual(codes.map(code => 0.5 * (code - 1)));
    const rows = open([int8s('w', [2, 4], codes), floats('s', [2], [1, 10])], [dequantize(['w', 's'], {axis: 0})]);
    expect([...rows.floats('w')]).toEqual([1, -2, 3, 4, -50, 60, 70, -80]);
    const columns = open([int8s('w', [2, 4], codes), floats('s', [4], [1, 10, 100, 1000])], [dequantize(['w', 's'], {axis: -1})]);
    expect([...columns.floats('w', 3, 7)]).toEqual([4000, -5, 60, 700]);
    const blocks = open(
      [int8s('w', [4, 2], codes), floats('s', [2, 2], [1, 10, 100, 1000])],
      [dequantize(['w', 's'], {axis: 0, block_size: 2})],
    );
    expect([...blocks.floats('w')]).toEqual([1, -20, 3, 40, -500, 6000, 700, -8000]);
  });

  test('are those of integer operators, too: by their inputs, or by the names that ONNX Runtime gives', () => {
    const parts = [int8s('w_quantized', [2, 2], [1, -2, 3, 4]), floats('w_scale', [2], [1, 10]), int8s('z', [], [0])];
    const node = (op: string, inputs: readonly string[], attributes = {}): OnnxContents['nodes'][number] => ({
      op,
      inputs,
      outputs: ['y'],
      attributes,
    });
    const values = (...nodes: OnnxContents['nodes']): number[] => [...open(parts, nodes).floats('w')];
    const quantized = ['x', 'x', 'x', 'w_quantized', 'w_scale', 'z'];
    expect(values(node('QLinearConv', quantized))).toEqual([1, -2, 30, 40]);
    expect(values(node('QLinearMatMul', quantized))).toEqual([1, -20, 3, 40]);
    expect(values(node('QGemm', quantized, {transB: 1}))).toEqual([1, -2, 30, 40]);
    expect(values(node('QGemm', quantized))).toEqual([1, -20, 3, 40]);
    expect(values(node('ConvInteger', ['x', 'w_quantized', 'x', 'z']))).toEqual([1, -2, 30, 40]);
    expect(values(node('MatMulInteger', ['x', 'w_quantized']))).toEqual([1, -20, 3, 40]);
  });

  test('are refused where scales are not those of the codes', () => {
    const scales = floats('s', [3], [1, 2, 3]);
    expect(() => open([int8s('w', [2, 4], [1, -2, 3, 4, -5, 6, 7, -8]), scales], [dequantize(['w', 's'], {axis: 0})])).toThrow(
      'Expected 2 scales along axis 0 of [2, 4] for w',
    );
    expect(() => open([int8s('w', [2], [1, 2]), scales], [dequantize(['w', 's'], {axis: 7})])).toThrow(/along axis 7/);
  });

  test('are compared with those of the model before it was quantized', () => {
    const values = Array.from({length: 32}, (_, i) => Math.sin(i * i));
    const quantized = quantize(values, [2, 16], {qtype: qint4, scheme: 'symmetric', granularity: perGroup(8)});
    const original = open([floats('w', [2, 16], values)]);
    const other = open(
      [{name: 'w_quantized', dtype: 'INT4', shape: [2, 16], bytes: quantized.packed}, floats('s', [2, 2], [...quantized.scales])],
      [dequantize(['w_quantized', 's'], {axis: 1, block_size: 8})],
    );
    const {parts} = compareWeights(original, other);
    expect(parts).toMatchObject([{name: 'w', originalType: 'FLOAT', type: 'INT4 blocks of 8', bytes: 32}]);
    expect(other.floats('w')).toEqual(quantized.dequantize());
  });
});
