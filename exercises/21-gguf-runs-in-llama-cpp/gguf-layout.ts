import {ggmlTypes} from '../../quant/files/ggml/index.ts';
import type {GgufValue} from '../../quant/files/gguf/values.ts';
import {writeGguf} from '../../quant/files/gguf/write.ts';
import type {GgufTensor, MetadataEntry} from './interface.ts';

/** A part of a file, from byte `from` to byte `to` − 1. */
export interface Region {
  readonly kind: 'header' | 'metadata' | 'name' | 'dimensions' | 'type' | 'offset' | 'padding' | 'data';
  readonly from: number;
  readonly to: number;
}

/** A right file, and what each of its bytes is for. */
export interface Layout {
  readonly bytes: Uint8Array;
  readonly regions: readonly Region[];
}

/** The file as the toolkit writes it, which its own tests hold to gguf-py's byte for byte. */
export function layoutOf(metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Layout {
  const bytes = fileOf(metadata, tensors);
  const regions: Region[] = [];
  let at = 0;
  const next = (kind: Region['kind'], length: number): void => {
    regions.push({kind, from: at, to: at + length});
    at += length;
  };
  next('header', 24);
  // What the same metadata take without tensors: a file that ends with them, but for its padding.
  next(
    'metadata',
    metadata.reduce((sum, entry) => sum + entryBytes(entry), 0),
  );
  for (const {name, shape} of tensors) {
    next('name', 8 + textBytes(name));
    next('dimensions', 4 + 8 * shape.length);
    next('type', 4);
    next('offset', 8);
  }
  const pad = (): void => next('padding', (32 - (at % 32)) % 32);
  for (const {bytes: data} of tensors) {
    pad();
    next('data', data.length);
  }
  return {bytes, regions};
}

/** A file of the course's records, by the toolkit. */
export function fileOf(metadata: readonly MetadataEntry[], tensors: readonly GgufTensor[]): Uint8Array {
  return Buffer.concat([
    ...writeGguf({
      metadata: new Map(metadata.map(({key, ...value}) => [key, value as GgufValue])),
      tensors: tensors.map(({name, shape, type, bytes}) => ({
        name,
        shape,
        type: ggmlTypes.find(({id}) => id === type)!,
        bytes: () => bytes,
      })),
    }),
  ]);
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}

function entryBytes(entry: MetadataEntry): number {
  const sizes = {uint32: 4, float32: 4, int32: 4, bool: 1} as const;
  const size = (type: keyof typeof sizes | 'string', value: unknown): number =>
    type === 'string' ? 8 + textBytes(String(value)) : sizes[type];
  const value =
    entry.type === 'array' ? entry.value.reduce((sum: number, item) => sum + size(entry.of, item), 4 + 8) : size(entry.type, entry.value);
  return 8 + textBytes(entry.key) + 4 + value;
}
