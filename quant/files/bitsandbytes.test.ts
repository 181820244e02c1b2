import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {memorySource, openWeights, readSafetensors, type SafetensorsTensorSource, writeSafetensors} from '../index.ts';
import {blockWiseFloats, blockWiseLayouts, blockWiseSources} from './bitsandbytes.ts';

/** Written by bitsandbytes-golden.py with bitsandbytes. */
const path = new URL('bitsandbytes-golden.safetensors', import.meta.url).pathname;
const golden = readSafetensors(memorySource(new Uint8Array(readFileSync(path))));
const cases = [
  ['a.weight', 'nf4', [5, 64]],
  ['b.weight', 'nf4', [3, 33]],
  ['c.weight', 'fp4', [2, 128]],
] as const;
const folder = mkdtempSync(join(tmpdir(), 'snapgrid-bitsandbytes-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

describe.each(cases)('%s as bitsandbytes saves it', (name, codebook, shape) => {
  const layout = blockWiseLayouts(golden).get(name)!;

  test('is one tensor of the numbers that it restores', () => {
    const weights = openWeights(path);
    expect(weights.tensors.get(name)).toMatchObject({shape, type: `${codebook} blocks of 64`});
    expect(weights.floats(name)).toEqual(golden.floats(`${name} restored`));
    expect(weights.floats(name, 31, 77)).toEqual(golden.floats(`${name} restored`, 31, 77));
    expect([...weights.tensors.keys()].filter(key => key.startsWith(`${name}.`))).toEqual([]);
    weights.close();
  });

  test('is written with the same bytes, whatever pieces it comes in', () => {
    const values = golden.floats(`${name} original`);
    for (const pieceLength of [64, 100, 1e6]) {
      const sources = blockWiseSources(name, layout, (from, to) => values.slice(from, to), pieceLength);
      const file = readSafetensors(memorySource(new Uint8Array(Buffer.concat([...writeSafetensors({tensors: sources})]))));
      for (const [part, tensor] of file.tensors) {
        if (!part.includes('quant_state')) {
          expect([part, tensor.shape, file.bytes(part)]).toEqual([part, golden.tensors.get(part)!.shape, golden.bytes(part)]);
        } else {
          const [ours, theirs] = [file, golden].map(source => JSON.parse(new TextDecoder().decode(source.bytes(part))) as unknown);
          expect(ours).toEqual(theirs);
        }
      }
    }
  });
});

test.each([
  ['d.weight', 'nf4', [130, 128]],
  ['e.weight', 'fp4', [2, 64]],
] as const)('%s, whose absMax are quantized in turn, is the numbers that bitsandbytes restores', (name, codebook, shape) => {
  const weights = openWeights(path);
  const restored = golden.floats(`${name} restored`);
  expect(weights.tensors.get(name)).toMatchObject({shape, type: `${codebook} blocks of 64, absMax in 8 bits`});
  expect(weights.floats(name)).toEqual(restored);
  // Across a block's end, and beyond the first 256 of them.
  for (const [from, to] of [
    [31, 77],
    [restored.length - 70, restored.length],
  ] as const)
    expect(weights.floats(name, from, to)).toEqual(restored.slice(from, to));
  expect([...weights.tensors.keys()].filter(key => key.startsWith(`${name}.`))).toEqual([]);
  weights.close();
});

describe('a hostile file of such codes', () => {
  const state = {quant_type: 'nf4', blocksize: 64, dtype: 'float32', shape: [2, 64]};
  const nested = {...state, nested_blocksize: 256, nested_dtype: 'float32', nested_offset: 0.5};
  const numbers = (name: string, length: number, array = new Float32Array(length)): SafetensorsTensorSource => ({
    name,
    dtype: 'F32',
    shape: [length],
    bytes: () => new Uint8Array(array.buffer),
  });
  const fileOf = (
    json: unknown,
    {
      blocks = 2,
      codes = 64,
      table = golden.floats('a.weight.quant_map'),
      absMax = 'F32',
      nestedScales = 1,
      nestedTable = golden.floats('d.weight.nested_quant_map'),
    } = {},
  ): string => {
    const text = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
    const tensors: SafetensorsTensorSource[] = [
      ...(absMax === 'F32'
        ? [numbers('w.absmax', blocks)]
        : [
            {name: 'w.absmax', dtype: 'U8', shape: [blocks], bytes: () => new Uint8Array(blocks)} as const,
            numbers('w.nested_absmax', nestedScales),
            numbers('w.nested_quant_map', nestedTable.length, nestedTable),
          ]),
      numbers('w.quant_map', table.length, table),
      {name: 'w.quant_state.bitsandbytes__nf4', dtype: 'U8', shape: [text.length], bytes: () => text},
      {name: 'w', dtype: 'U8', shape: [codes, 1], bytes: () => new Uint8Array(codes)},
    ];
    const written = join(folder, 'hostile.safetensors');
    writeFileSync(written, Buffer.concat([...writeSafetensors({tensors})]));
    return written;
  };

  test('is not the one that these cases differ from', () => {
    for (const [json, parts] of [
      [state, {}],
      [nested, {absMax: 'U8'}],
    ] as const) {
      const weights = openWeights(fileOf(json, parts));
      expect(weights.floats('w')).toHaveLength(128);
      weights.close();
    }
  });

  test.each([
    ['no JSON', '{', {}],
    ['null', null, {}],
    ['a shape of 2^63', {...state, shape: [2 ** 32, 2 ** 31]}, {}],
    ['a shape larger than its bytes', {...state, shape: [3, 64]}, {}],
    ['blocks of nothing', {...state, blocksize: 0}, {}],
    ['an absMax too few', state, {blocks: 1}],
    ['other numbers than the codebook', state, {table: new Float32Array(16)}],
    ['absMax in F32 that are said to be quantized in turn', {...nested}, {absMax: 'F32'}],
    ['absMax in 8 bits that are not said to be', state, {absMax: 'U8'}],
    ['nested blocks of another size', {...nested, nested_blocksize: 128}, {absMax: 'U8'}],
    ['no offset of the absMax', {...nested, nested_offset: null}, {absMax: 'U8'}],
    ['a nested scale too many', nested, {absMax: 'U8', nestedScales: 2}],
    ['other numbers than the dynamic format', nested, {absMax: 'U8', nestedTable: new Float32Array(256)}],
  ])('is refused: %s', (_, json, parts) => {
    expect(() => openWeights(fileOf(json, parts))).toThrow(/^Expected 4-bit tensor w to have/);
  });

  test('gives no values that are not there', () => {
    expect(() => blockWiseFloats(golden, 'a.weight', blockWiseLayouts(golden).get('a.weight')!, 0, 321)).toThrow(
      'Expected values within the 320 of tensor a.weight, got 0 to 321',
    );
  });
});
