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

describe('a hostile file of such codes', () => {
  const state = {quant_type: 'nf4', blocksize: 64, dtype: 'float32', shape: [2, 64]};
  const numbers = (name: string, length: number, array = new Float32Array(length)): SafetensorsTensorSource => ({
    name,
    dtype: 'F32',
    shape: [length],
    bytes: () => new Uint8Array(array.buffer),
  });
  const fileOf = (json: unknown, {blocks = 2, codes = 64, table = golden.floats('a.weight.quant_map')} = {}): string => {
    const text = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
    const tensors: SafetensorsTensorSource[] = [
      numbers('w.absmax', blocks),
      numbers('w.quant_map', table.length, table),
      {name: 'w.quant_state.bitsandbytes__nf4', dtype: 'U8', shape: [text.length], bytes: () => text},
      {name: 'w', dtype: 'U8', shape: [codes, 1], bytes: () => new Uint8Array(codes)},
    ];
    const written = join(folder, 'hostile.safetensors');
    writeFileSync(written, Buffer.concat([...writeSafetensors({tensors})]));
    return written;
  };

  test('is not the one that these cases differ from', () => {
    const weights = openWeights(fileOf(state));
    expect(weights.floats('w').map(value => value + 0)).toEqual(new Float32Array(128));
    weights.close();
  });

  test.each([
    ['no JSON', '{', {}],
    ['null', null, {}],
    ['a shape of 2^63', {...state, shape: [2 ** 32, 2 ** 31]}, {}],
    ['a shape larger than its bytes', {...state, shape: [3, 64]}, {}],
    ['blocks of nothing', {...state, blocksize: 0}, {}],
    ['an absMax too few', state, {blocks: 1}],
    ['other numbers than the codebook', state, {table: new Float32Array(16)}],
    ['absMax that are quantized in turn', {...state, nested_blocksize: 256}, {}],
  ])('is refused: %s', (_, json, parts) => {
    expect(() => openWeights(fileOf(json, parts))).toThrow(/^Expected 4-bit tensor w to have/);
  });

  test('gives no values that are not there', () => {
    expect(() => blockWiseFloats(golden, 'a.weight', blockWiseLayouts(golden).get('a.weight')!, 0, 321)).toThrow(
      'Expected values within the 320 of tensor a.weight, got 0 to 321',
    );
  });
});
