import {countElements} from '../../formats/shape.ts';
import {onnxBytes, type OnnxDtype, onnxDtypes} from './dtypes.ts';
import type {WireField, WireReader} from './wire-read.ts';

/** Constant numbers of a model: weights, scales, shapes. They are read when they are asked for. */
export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  /** As they would lie in memory; 0 for texts. */
  readonly byteLength: number;
  /** The file beside the model that holds the numbers; it is not read. */
  readonly external?: string;
  /**
   * The numbers as bytes, little-endian: all, or those from `from` to `to` − 1.
   * @throws RangeError where they lie in another file, are texts, or are not as many as the shape has
   */
  bytes(from?: number, to?: number): Uint8Array<ArrayBuffer>;
  /** The numbers in float32, row-major: all, or those from `from` to `to` − 1. @throws RangeError as `bytes`, and for complex numbers */
  floats(from?: number, to?: number): Float32Array<ArrayBuffer>;
}

const maxDimensions = 64;
/** TensorProto's fields that hold numbers of a type each. */
const typedFields: Readonly<Record<number, 'float' | 'double' | 'int32' | 'int64' | 'uint64'>> = {
  4: 'float',
  5: 'int32',
  7: 'int64',
  10: 'double',
  11: 'uint64',
};

const fieldsByType: Readonly<Record<string, number>> = {
  FLOAT: 4,
  COMPLEX64: 4,
  DOUBLE: 10,
  COMPLEX128: 10,
  INT64: 7,
  UINT32: 11,
  UINT64: 11,
};
/** That of int32: all other types are stored as such numbers. */
const smallTypesField = 5;

/** Reads a TensorProto. @throws RangeError where type, shape and bytes do not fit one another */
export function readTensor(reader: WireReader, field: WireField, owner: string): OnnxTensor {
  const dims: bigint[] = [];
  let [name, id, external, location] = ['', 0n, undefined as string | undefined, 0n];
  let raw: WireField | undefined;
  const typed: WireField[] = [];
  for (const part of reader.fieldsOf(field, owner)) {
    if (part.number === 1) {
      for (const size of reader.integers(part, `the shape of ${owner}`)) {
        dims.push(size);
        if (dims.length > maxDimensions) throw new RangeError(`Expected ${owner} to have at most ${maxDimensions} dimensions`);
      }
    } else if (part.number === 2) id = reader.integer(part, `the type of ${owner}`);
    else if (part.number === 8) name = reader.text(part, `the name of ${owner}`);
    else if (part.number === 9) raw = part;
    else if (part.number === 13) external ??= externalFile(reader, part, owner);
    else if (part.number === 14) location = reader.integer(part, `where the data of ${owner} lies`);
    else if (Object.hasOwn(typedFields, part.number)) typed.push(part);
  }
  const title = `tensor ${name || owner}`;
  const dtype = onnxDtypes.find(({id: known}) => BigInt(known) === id);
  if (!dtype)
    throw new RangeError(`Expected ${title} to be one of ${onnxDtypes.map(({name}) => name).join(', ')}, got ONNX's type number ${id}`);
  const shape = shapeOf(dims, title);
  const elements = countElements(shape);
  const byteLength = onnxBytes(dtype, elements);
  if (location !== 0n) external ??= 'a file without a name';
  if (raw && (raw.type !== 'bytes' || raw.length !== byteLength))
    throw new RangeError(
      `Expected ${title} of shape [${shape.join(', ')}] in ${dtype.name} to have ${byteLength} bytes, got ${raw.length}`,
    );
  if (!raw && external === undefined && dtype.bits > 0) expectTypedSize(typed, {title, shape, dtype, byteLength});
  const bytes = (from = 0, to = elements): Uint8Array<ArrayBuffer> => {
    if (external !== undefined)
      throw new RangeError(
        `Expected the data of ${title} in the model's own file, got ${external}, which is not read; put it in with onnx.save_model(…, save_as_external_data=False)`,
      );
    if (dtype.bits === 0) throw new RangeError(`Expected numbers in ${title}, got texts`);
    if (from < 0 || to < from || to > elements || (from * dtype.bits) % 8 !== 0)
      throw new RangeError(`Expected values within the ${elements} of ${title} that begin with a byte, got ${from} to ${to}`);
    const [first, last] = [(from * dtype.bits) / 8, Math.ceil((to * dtype.bits) / 8)];
    return raw
      ? reader.source.read(raw.at + first, last - first)
      : typedBytes(reader, typed, {title, dtype, byteLength}).slice(first, last);
  };
  const floats = (from = 0, to = elements): Float32Array<ArrayBuffer> => {
    if (!dtype.floats) throw new RangeError(`Expected real numbers in ${title}, got ${dtype.name}`);
    // Where two or four elements share a byte, all of the first byte is read.
    const start = from - (dtype.bits < 8 ? from % (8 / dtype.bits) : 0);
    return dtype.floats(bytes(start, to), to - start).subarray(from - start);
  };
  return {name, dtype, shape, byteLength, ...(external !== undefined && {external}), bytes, floats};
}

function shapeOf(dims: readonly bigint[], title: string): number[] {
  const elements = dims.reduce((product, n) => product * n, 1n);
  // Sixteen bytes an element are the most: what fits no file would not fit a number either.
  if (dims.some(n => n < 0n || n > BigInt(Number.MAX_SAFE_INTEGER)) || elements > BigInt(Number.MAX_SAFE_INTEGER) / 16n)
    throw new RangeError(
      `Expected ${title} to have a shape of whole numbers that fits a file, got [${dims.join(', ')}]; the file is damaged`,
    );
  return dims.map(Number);
}

function externalFile(reader: WireReader, entry: WireField, owner: string): string | undefined {
  let [key, value] = ['', ''];
  for (const part of reader.fieldsOf(entry, owner)) {
    if (part.number === 1) key = reader.text(part, `a key of ${owner}`);
    if (part.number === 2) value = reader.text(part, `a value of ${owner}`);
  }
  return key === 'location' ? JSON.stringify(value) : undefined;
}

interface Stored {
  readonly title: string;
  readonly dtype: OnnxDtype;
  readonly byteLength: number;
}

/** Each number takes a byte at least, so that a shape is held against the file before room is made for it. */
function expectTypedSize(
  typed: readonly WireField[],
  {title, shape, dtype, byteLength}: Stored & {readonly shape: readonly number[]},
): void {
  const wrong = typed.find(({number}) => number !== (fieldsByType[dtype.name] ?? smallTypesField));
  if (wrong)
    throw new RangeError(
      `Expected the numbers of ${title} in the field of ${dtype.name}, got them in that of ${typedFields[wrong.number]}`,
    );
  const least = typed.reduce((sum, {length}) => sum + length, 0);
  // A number of one byte in a field makes at most 8 of the tensor.
  if (byteLength > least * 8)
    throw new RangeError(
      `Expected ${title} of shape [${shape.join(', ')}] in ${dtype.name} to have ${byteLength} bytes, got ${least} of the file`,
    );
}

/** The bytes of numbers that are stored in a field of their type; small types are stored in one of a larger. */
function typedBytes(reader: WireReader, typed: readonly WireField[], {title, dtype, byteLength}: Stored): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(byteLength));
  const each = Math.max(dtype.bits, 8) / 8;
  let at = 0;
  const put = (value: bigint, width: number): void => {
    if (at + width > byteLength) throw new RangeError(`Expected ${byteLength} bytes of numbers in ${title}, got more`);
    if (width === 8) bytes.setBigUint64(at, BigInt.asUintN(64, value), true);
    else if (width === 4) bytes.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    else if (width === 2) bytes.setUint16(at, Number(BigInt.asUintN(16, value)), true);
    else bytes.setUint8(at, Number(BigInt.asUintN(8, value)));
    at += width;
  };
  for (const field of typed) {
    const kind = typedFields[field.number]!;
    if (kind === 'float' || kind === 'double') {
      // Packed, or one: the bytes are what they are. A complex number is two.
      if (at + field.length > byteLength) throw new RangeError(`Expected ${byteLength} bytes of numbers in ${title}, got more`);
      new Uint8Array(bytes.buffer).set(reader.source.read(field.at, field.length), at);
      at += field.length;
    } else for (const value of reader.integers(field, title)) put(value, each);
  }
  if (at !== byteLength) throw new RangeError(`Expected ${byteLength} bytes of numbers in ${title}, got ${at}`);
  return new Uint8Array(bytes.buffer);
}
