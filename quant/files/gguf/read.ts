import {countElements} from '../../formats/shape.ts';
import type {GgmlType} from '../ggml/ggml-type.ts';
import {dequantizeGgml, ggmlTypes} from '../ggml/index.ts';
import type {ByteSource} from '../source.ts';
import {Cursor} from './cursor.ts';
import {type GgufValue, maxDimensions} from './values.ts';

/** Where a tensor lies in a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** Outermost axis first, as in TensorFlow; the file has it the other way round. */
  readonly shape: readonly number[];
  readonly type: GgmlType;
  /** From the beginning of the file. */
  readonly at: number;
  readonly byteLength: number;
}

/** What a GGUF file's header says; the tensors' bytes are read when they are asked for. */
export interface GgufFile {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** The bytes of a tensor as they are stored. @throws RangeError where there is none of that name */
  bytes(name: string): Uint8Array<ArrayBuffer>;
  /**
   * Its values in float32, row-major: all, or those from `from` to `to` − 1, which begin and end with a block.
   * @throws RangeError where there is none of that name, or the values are none of its blocks
   */
  floats(name: string, from?: number, to?: number): Float32Array<ArrayBuffer>;
}

const magic = 0x46554747;
const defaultAlignment = 32;

/**
 * Reads the header of a GGUF file of version 2 or 3. Format: ggml's docs/gguf.md.
 * @throws RangeError naming what was expected and what the file has instead; before any room is made for what it claims
 */
export function readGguf(source: ByteSource): GgufFile {
  const cursor = new Cursor(source);
  const first = cursor.uint32("GGUF's first four bytes");
  if (first !== magic) throw new RangeError('Expected a file that begins with "GGUF", got another one; is it a safetensors file?');
  const version = cursor.uint32('the version');
  if (version !== 2 && version !== 3)
    throw new RangeError(
      `Expected GGUF version 2 or 3, got ${version}${version > 255 ? '; files of big-endian machines are not read' : ''}`,
    );
  const tensorCount = cursor.count('tensors', 24);
  const valueCount = cursor.count('metadata values', 13);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i++) {
    const key = cursor.string('a metadata key');
    if (metadata.has(key)) throw new RangeError(`Expected metadata keys to be unique, got ${key} twice`);
    metadata.set(key, cursor.value(key));
  }
  const infos = Array.from({length: tensorCount}, () => readTensorInfo(cursor));
  const alignment = alignmentOf(metadata);
  const dataAt = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const {offset, ...info} of infos) {
    const at = dataAt + offset;
    if (offset % alignment !== 0)
      throw new RangeError(`Expected tensor ${info.name} to begin on a multiple of ${alignment} bytes, got ${offset}`);
    if (at + info.byteLength > source.byteLength)
      throw new RangeError(
        `Expected tensor ${info.name} to end within the file's ${source.byteLength} bytes, got ${at} to ${at + info.byteLength}; the file is cut off`,
      );
    if (tensors.has(info.name)) throw new RangeError(`Expected tensor names to be unique, got ${info.name} twice`);
    tensors.set(info.name, {...info, at});
  }
  const find = (name: string): GgufTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`Expected the name of one of the file's ${tensors.size} tensors, got ${name}`);
    return tensor;
  };
  const floats = (name: string, from = 0, to = countElements(find(name).shape)): Float32Array<ArrayBuffer> => {
    const {type, at} = find(name);
    const {blockSize, blockBytes} = type;
    if (from % blockSize !== 0 || to % blockSize !== 0 || from < 0 || to < from || to > countElements(find(name).shape))
      throw new RangeError(
        `Expected values of whole blocks of ${blockSize} within ${countElements(find(name).shape)}, got ${from} to ${to}`,
      );
    return dequantizeGgml(source.read(at + (from / blockSize) * blockBytes, ((to - from) / blockSize) * blockBytes), type);
  };
  const bytes = (name: string): Uint8Array<ArrayBuffer> => source.read(find(name).at, find(name).byteLength);
  return {version, metadata, tensors, bytes, floats};
}

function readTensorInfo(cursor: Cursor): Omit<GgufTensor, 'at'> & {readonly offset: number} {
  const name = cursor.string("a tensor's name");
  const dimensions = cursor.uint32(`the number of dimensions of ${name}`);
  if (dimensions > maxDimensions)
    throw new RangeError(`Expected tensor ${name} to have at most ${maxDimensions} dimensions, got ${dimensions}`);
  const innerFirst = Array.from({length: dimensions}, () => cursor.uint64(`a dimension of ${name}`));
  const number = cursor.uint32(`the type of ${name}`);
  const type = ggmlTypes.find(({id}) => id === number);
  if (!type)
    throw new RangeError(
      `Expected tensor ${name} to be one of ${ggmlTypes.map(({name}) => name).join(', ')}, got ggml's type number ${number}, which is not read here`,
    );
  const offset = cursor.uint64(`the offset of ${name}`);
  const elements = innerFirst.reduce((product, n) => product * n, 1n);
  const blockSize = BigInt(type.blockSize);
  if ((innerFirst[0] ?? 1n) % blockSize !== 0n)
    throw new RangeError(`Expected rows of tensor ${name} in blocks of ${type.blockSize} for ${type.name}, got ${innerFirst[0]}`);
  const byteLength = (elements / blockSize) * BigInt(type.blockBytes);
  // What fits no file would not fit a number either.
  if (elements > BigInt(Number.MAX_SAFE_INTEGER) || offset + byteLength > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError(`Expected tensor ${name} to fit the file, got ${elements} elements at byte ${offset}; the file is damaged`);
  return {name, shape: innerFirst.map(Number).reverse(), type, offset: Number(offset), byteLength: Number(byteLength)};
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment');
  if (!value) return defaultAlignment;
  if (value.type !== 'uint32' || value.value < 8 || value.value % 8 !== 0)
    throw new RangeError(`Expected general.alignment to be a multiple of 8, got ${String(value.value)}`);
  return value.value;
}
