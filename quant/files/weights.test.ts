import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {openWeights, writeSafetensors} from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-weights-'));
afterAll(() => rmSync(folder, {recursive: true}));
const fileOf = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe('openWeights', () => {
  test.each([
    ['model.pt', 'PK\x03\x04 and more', "a ZIP archive, as torch.save and Keras write; write its weights with safetensors' save_file"],
    ['model.bin', '\x80\x02}q\x00X\x06\x00\x00\x00', 'a pickle, which runs code when it is loaded; write'],
    ['model.h5', '\x89HDF\r\n\x1a\n and more', 'an HDF5 file; read it with h5py'],
    ['model.safetensors', 'version https://git-lfs.github.com/spec/v1', 'what Git LFS leaves in the place of a file; fetch'],
    ['page.safetensors', '<!DOCTYPE html><html>', 'a web page; download the file itself'],
  ])('says what %s is, and what to do', (name, bytes, refusal) => {
    const path = fileOf(name, Buffer.from(bytes, 'latin1'));
    expect(() => openWeights(path)).toThrow(`Expected a safetensors, GGUF or ONNX file, got ${refusal}`);
  });

  test('opens a safetensors file whose header has as many bytes as a pickle begins with', () => {
    const text = 'x'.repeat(640 - '{"__metadata__":{"text":""}}'.length);
    const bytes = Buffer.concat([...writeSafetensors({metadata: new Map([['text', text]]), tensors: []})]);
    expect([...bytes.subarray(0, 2)]).toEqual([0x80, 0x02]);
    const file = openWeights(fileOf('like-a-pickle.safetensors', bytes));
    expect(file.metadata.get('text')).toBe(text);
    file.close();
  });

  test('refuses a folder', () => {
    expect(() => openWeights(folder)).toThrow('Expected a file, got a folder; give the file in it that holds the weights');
  });

  test.skipIf(process.platform === 'win32')('refuses a pipe without waiting for what comes through it', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(() => openWeights(path)).toThrow('got a pipe or a device; save it as a file first');
  });
});
