import {countElements} from '../../formats/shape.ts';
import type {GgmlType} from '../ggml/ggml-type.ts';
import {piecesOf, type TensorSource} from '../pieces.ts';
import {type GgufValue, layouts, maxDimensions, type Scalar, type ScalarType, valueTypes} from './values.ts';

/** A tensor to be written. */
export interface GgufTensorSource extends TensorSource {
  readonly type: GgmlType;
}

/** What a GGUF file is to hold. */
export interface GgufContents {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensorSource[];
}

const alignment = 32;

/** llama.cpp keeps a name and the zero behind it in 64 bytes (GGML_MAX_NAME), and opens no file that has a longer one. */
const maxNameBytes = 63;

/**
 * The bytes of a GGUF file of version 3, piece by piece; the same contents give the same bytes as gguf-py's writer.
 * @throws RangeError where a tensor's bytes are not what its shape and type need, it has more than 4 dimensions, a value does not fit its type, or a name
 * comes twice or has more than 63 bytes of UTF-8, which llama.cpp refuses
 */
export function* writeGguf({metadata, tensors}: GgufContents): Generator<Uint8Array> {
  const names = new Set<string>();
  for (const {name, shape} of tensors) {
    if (names.has(name)) throw new RangeError(`Expected tensor names to be unique, got ${name} twice`);
    names.add(name);
    const nameBytes = Buffer.byteLength(name);
    if (nameBytes > maxNameBytes)
      throw new RangeError(
        `Expected a tensor's name to have at most ${maxNameBytes} bytes in GGUF, as llama.cpp reads, got ${nameBytes}: ${name}; rename it, or write safetensors`,
      );
    if (shape.length > maxDimensions)
      throw new RangeError(
        `Expected tensor ${name} to have at most ${maxDimensions} dimensions in GGUF, got ${shape.length}; reshape it, or write safetensors`,
      );
  }
  const header = new Writer();
  header.bytes(new TextEncoder().encode('GGUF'));
  header.scalar('uint32', 3);
  header.scalar('uint64', BigInt(tensors.length));
  header.scalar('uint64', BigInt(metadata.size));
  for (const [key, value] of metadata) {
    header.scalar('string', key);
    header.value(key, value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    header.scalar('string', tensor.name);
    header.scalar('uint32', tensor.shape.length);
    for (const n of [...tensor.shape].reverse()) header.scalar('uint64', BigInt(n));
    header.scalar('uint32', tensor.type.id);
    header.scalar('uint64', BigInt(offset));
    offset += padded(byteLengthOf(tensor));
  }
  const bytes = header.finish();
  yield bytes;
  yield new Uint8Array(padded(bytes.length) - bytes.length);
  for (const tensor of tensors) {
    const length = byteLengthOf(tensor);
    yield* piecesOf(tensor, length, tensor.type.name);
    yield new Uint8Array(padded(length) - length);
  }
}

function byteLengthOf({name, shape, type}: GgufTensorSource): number {
  const elements = countElements(shape);
  if ((shape.at(-1) ?? 1) % type.blockSize !== 0)
    throw new RangeError(`Expected the last axis of tensor ${name} in blocks of ${type.blockSize} for ${type.name}, got ${shape.at(-1)}`);
  return (elements / type.blockSize) * type.blockBytes;
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

/** Bytes that grow. */
class Writer {
  private view = new DataView(new ArrayBuffer(1024));
  private length = 0;

  finish(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length);
  }

  bytes(bytes: Uint8Array): void {
    this.grow(bytes.length);
    new Uint8Array(this.view.buffer).set(bytes, this.length);
    this.length += bytes.length;
  }

  value(key: string, value: GgufValue): void {
    this.scalar('uint32', valueTypes.indexOf(value.type));
    if (value.type !== 'array') return this.scalar(value.type, value.value, key);
    this.scalar('uint32', valueTypes.indexOf(value.of));
    this.scalar('uint64', BigInt(value.value.length));
    for (const item of value.value) this.scalar(value.of, item, key);
  }

  scalar(type: ScalarType, value: Scalar, what = 'the header'): void {
    if (type === 'string') {
      const text = new TextEncoder().encode(String(value));
      this.scalar('uint64', BigInt(text.length));
      return this.bytes(text);
    }
    const {bytes, read, write} = layouts[type];
    this.grow(bytes);
    write(this.view, this.length, value);
    const isFloat = type === 'float32' || type === 'float64';
    if (!isFloat && read(this.view, this.length) !== value) throw new RangeError(`Expected ${what} to fit ${type}, got ${String(value)}`);
    this.length += bytes;
  }

  private grow(bytes: number): void {
    if (this.length + bytes <= this.view.byteLength) return;
    const larger = new Uint8Array(Math.max(2 * this.view.byteLength, this.length + bytes));
    larger.set(new Uint8Array(this.view.buffer, 0, this.length));
    this.view = new DataView(larger.buffer);
  }
}
