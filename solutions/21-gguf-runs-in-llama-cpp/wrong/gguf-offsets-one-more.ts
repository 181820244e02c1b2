import type {GgufTensor, MetadataEntry} from '../../../exercises/21-gguf-runs-in-llama-cpp/interface.ts';
import {Bytes} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'writeGguf', check: 'offsets count from where the data begins, in multiples of 32'};

/** Counts 32 zeros where none are missing. */
export function writeGguf(metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  const types = {uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9};
  const padded = (length: number): number => Math.ceil(length / 32) * 32;
  const file = new Bytes();
  const text = (value: string): void => {
    const utf8 = new TextEncoder().encode(value);
    file.uint64(utf8.length);
    file.raw(utf8);
  };
  const scalar = (type: keyof typeof types, value: unknown): void => {
    if (type === 'string') text(String(value));
    else if (type === 'bool') file.uint8(Number(value));
    else if (type === 'float32') file.float32(Number(value));
    else file.uint32(Number(value));
  };
  file.raw(new TextEncoder().encode('GGUF'));
  file.uint32(3);
  file.uint64(tensors.length);
  file.uint64(metadata.length);
  for (const entry of metadata) {
    text(entry.key);
    file.uint32(types[entry.type]);
    if (entry.type === 'array') {
      file.uint32(types[entry.of]);
      file.uint64(entry.value.length);
      for (const item of entry.value) scalar(entry.of, item);
    } else scalar(entry.type, entry.value);
  }
  let offset = 0;
  for (const {name, shape, type, bytes} of tensors) {
    text(name);
    file.uint32(shape.length);
    for (const n of [...shape].reverse()) file.uint64(n);
    file.uint32(type);
    file.uint64(offset);
    offset += padded(bytes.length + 1);
  }
  const pad = (): void => file.raw(new Uint8Array(padded(file.length) - file.length));
  pad();
  for (const {bytes} of tensors) {
    file.raw(bytes);
    pad();
  }
  return file.finish();
}
