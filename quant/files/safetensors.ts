import {decodeFloats} from '../formats/float-codes.ts';
import {bfloat16, float16, float8e4m3fn, float8e5m2, type FloatFormat} from '../formats/float-format.ts';
import {piecesOf, type TensorSource} from './pieces.ts';
import type {ByteSource} from './source.ts';

/** Bytes of an element, and how to read it as a number. */
interface Dtype {
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer) => ArrayLike<number> | ArrayLike<bigint>;
  readonly format?: FloatFormat;
}

const dtypes = {
  F64: {bytes: 8, array: Float64Array},
  F32: {bytes: 4, array: Float32Array},
  F16: {bytes: 2, array: Uint16Array, format: float16},
  BF16: {bytes: 2, array: Uint16Array, format: bfloat16},
  F8_E4M3: {bytes: 1, array: Uint8Array, format: float8e4m3fn},
  F8_E5M2: {bytes: 1, array: Uint8Array, format: float8e5m2},
  I64: {bytes: 8, array: BigInt64Array},
  U64: {bytes: 8, array: BigUint64Array},
  I32: {bytes: 4, array: Int32Array},
  U32: {bytes: 4, array: Uint32Array},
  I16: {bytes: 2, array: Int16Array},
  U16: {bytes: 2, array: Uint16Array},
  I8: {bytes: 1, array: Int8Array},
  U8: {bytes: 1, array: Uint8Array},
  BOOL: {bytes: 1, array: Uint8Array},
} as const satisfies Readonly<Record<string, Dtype>>;

/** Element types by their names in safetensors: `F32`, `BF16`, `I8`. */
export type SafetensorsDtype = keyof typeof dtypes;

/** Where a tensor lies in a safetensors file. */
export interface SafetensorsTensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** From the beginning of the file. */
  readonly at: number;
  readonly byteLength: number;
}

/** What a safetensors file's header says; the tensors' bytes are read when they are asked for. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  /**
   * The bytes of a tensor as they are stored: all, or those from `from` to `to` − 1.
   * @throws RangeError where there is none of that name, or it has not that many bytes
   */
  bytes(name: string, from?: number, to?: number): Uint8Array<ArrayBuffer>;
  /**
   * Its values in float32, row-major, each rounded to it: all, or those from `from` to `to` − 1.
   * @throws RangeError where there is none of that name, or it has not that many values
   */
  floats(name: string, from?: number, to?: number): Float32Array<ArrayBuffer>;
}

const maxHeaderBytes = 100_000_000;
const maxDimensions = 8;

/**
 * Reads the header of a safetensors file: 8 bytes of length, then JSON; the tensors follow, little-endian, without gaps.
 * Format: https://huggingface.co/docs/safetensors
 * @throws RangeError naming the tensor and what was expected of it; before any room is made for what it claims
 */
export function readSafetensors(source: ByteSource): SafetensorsFile {
  const {body, header} = readHeader(source);
  const tensors = new Map<string, SafetensorsTensor>();
  let end = body;
  const found = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const entries = found.map(([name, entry]) => expectEntry(name, entry, body)).sort((a, b) => a.at - b.at || a.byteLength - b.byteLength);
  for (const tensor of entries) {
    const {name, at, byteLength} = tensor;
    // The format has neither gaps nor overlaps: two tensors in the same bytes would be a trap.
    if (at !== end || at + byteLength > source.byteLength)
      throw new RangeError(
        `Expected tensor ${name} to begin at byte ${end - body} of the data and to end within the file's ${source.byteLength - body}, got ${at - body} to ${at - body + byteLength}`,
      );
    end += byteLength;
    tensors.set(name, tensor);
  }
  if (end !== source.byteLength)
    throw new RangeError(`Expected the file to end after its tensors, at byte ${end}, got ${source.byteLength} bytes`);
  const find = (name: string): SafetensorsTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`Expected the name of one of the file's ${tensors.size} tensors, got ${name}`);
    return tensor;
  };
  const floats = (name: string, from = 0, to?: number): Float32Array<ArrayBuffer> => {
    const {at, dtype, byteLength} = find(name);
    const each = dtypes[dtype].bytes;
    const end = to ?? byteLength / each;
    if (from < 0 || end < from || end * each > byteLength)
      throw new RangeError(`Expected values within the ${byteLength / each} of tensor ${name}, got ${from} to ${end}`);
    return floatsOf(source.read(at + from * each, (end - from) * each), dtype);
  };
  const bytes = (name: string, from = 0, to?: number): Uint8Array<ArrayBuffer> => {
    const {at, byteLength} = find(name);
    const end = to ?? byteLength;
    if (from < 0 || end < from || end > byteLength)
      throw new RangeError(`Expected bytes within the ${byteLength} of tensor ${name}, got ${from} to ${end}`);
    return source.read(at + from, end - from);
  };
  return {metadata: metadataOf(header), tensors, bytes, floats};
}

/** A tensor to be written. */
export interface SafetensorsTensorSource extends TensorSource {
  readonly dtype: SafetensorsDtype;
}

/** What a safetensors file is to hold. */
export interface SafetensorsContents {
  readonly metadata?: ReadonlyMap<string, string>;
  readonly tensors: readonly SafetensorsTensorSource[];
}

/**
 * The bytes of a safetensors file, piece by piece; the same contents give the same bytes.
 * @throws RangeError where a tensor's bytes are not what its shape and dtype need, these are none that can be read again, or a name comes twice
 */
export function* writeSafetensors({metadata = new Map(), tensors}: SafetensorsContents): Generator<Uint8Array> {
  let end = 0;
  const header = new Map<string, unknown>(metadata.size ? [['__metadata__', Object.fromEntries(metadata)]] : []);
  for (const tensor of tensors) {
    const {name, dtype, shape} = tensor;
    if (header.has(name)) throw new RangeError(`Expected tensor names to be unique, and none to be __metadata__, got ${name} twice`);
    expectType(name, dtype, shape);
    header.set(name, {dtype, shape, data_offsets: [end, (end += byteLengthOf(tensor))]});
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Padded with spaces, so that the tensors begin on a multiple of eight bytes.
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  yield bytes;
  for (const tensor of tensors) yield* piecesOf(tensor, byteLengthOf(tensor), tensor.dtype);
}

function readHeader(source: ByteSource): {readonly body: number; readonly header: Readonly<Record<string, unknown>>} {
  if (source.byteLength < 8) throw new RangeError(`Expected a safetensors file, which has at least 8 bytes, got ${source.byteLength}`);
  const length = new DataView(source.read(0, 8).buffer).getBigUint64(0, true);
  if (length > BigInt(Math.min(maxHeaderBytes, source.byteLength - 8)))
    throw new RangeError(
      `Expected a header that fits the file's ${source.byteLength} bytes, got one of ${length}; the file is cut off or is no safetensors file`,
    );
  const header = parse(source.read(8, Number(length)));
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new RangeError('Expected the header to be an object that names tensors');
  return {body: 8 + Number(length), header: header as Record<string, unknown>};
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch (cause) {
    throw new RangeError(`Expected the header to be JSON, got: ${(cause as Error).message}`, {cause});
  }
}

function metadataOf(header: Readonly<Record<string, unknown>>): Map<string, string> {
  const metadata = header['__metadata__'] ?? {};
  if (typeof metadata !== 'object' || !Object.values(metadata).every(value => typeof value === 'string'))
    throw new RangeError('Expected __metadata__ to be an object of texts');
  return new Map(Object.entries(metadata));
}

function expectEntry(name: string, entry: unknown, body: number): SafetensorsTensor {
  const {dtype, shape, data_offsets: offsets} = (entry ?? {}) as {dtype?: unknown; shape?: unknown; data_offsets?: unknown};
  expectType(name, dtype, shape);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new RangeError(`Expected tensor ${name} to have data_offsets [from, to]`);
  const tensor = {
    name,
    dtype: dtype as SafetensorsDtype,
    shape: shape as number[],
    at: body + offsets[0]!,
    byteLength: offsets[1]! - offsets[0]!,
  };
  if (byteLengthOf(tensor) !== tensor.byteLength)
    throw new RangeError(
      `Expected tensor ${name} of shape [${tensor.shape.join(', ')}] to have ${byteLengthOf(tensor)} bytes, got ${tensor.byteLength}`,
    );
  return tensor;
}

function expectType(name: string, dtype: unknown, shape: unknown): void {
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype))
    throw new RangeError(`Expected tensor ${name} to be ${Object.keys(dtypes).join(', ')}, got ${String(dtype)}`);
  if (!isSizes(shape) || shape.length > maxDimensions)
    throw new RangeError(`Expected tensor ${name} to have a shape of at most ${maxDimensions} whole numbers, got ${JSON.stringify(shape)}`);
}

function byteLengthOf({dtype, shape}: Pick<SafetensorsTensor, 'dtype' | 'shape'>): number {
  return shape.reduce((product, n) => product * n, dtypes[dtype].bytes);
}

function floatsOf(bytes: Uint8Array<ArrayBuffer>, name: SafetensorsDtype): Float32Array<ArrayBuffer> {
  const {array, format}: Dtype = dtypes[name];
  const values = new array(bytes.buffer);
  return format ? decodeFloats(values as ArrayLike<number>, format) : Float32Array.from(values as ArrayLike<number>, Number);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && n >= 0);
}
