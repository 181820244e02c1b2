import {readFileSync, statSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {TensorData} from '../session/wire/plain.ts';

/** How an element of each type lies in the file, big-endian. */
const elementTypes: Readonly<Record<number, {readonly bytes: number; readonly read: (view: DataView, at: number) => number}>> = {
  0x08: {bytes: 1, read: (view, at) => view.getUint8(at)},
  0x09: {bytes: 1, read: (view, at) => view.getInt8(at)},
  0x0b: {bytes: 2, read: (view, at) => view.getInt16(at)},
  0x0c: {bytes: 4, read: (view, at) => view.getInt32(at)},
  0x0d: {bytes: 4, read: (view, at) => view.getFloat32(at)},
  0x0e: {bytes: 8, read: (view, at) => view.getFloat64(at)},
};

const maxDimensions = 8;

/** The most that a compressed file may become. */
const maxBytes = 2 ** 30;

/**
 * The numbers of an IDX file, the format of MNIST, as float32: `train-images-idx3-ubyte` is [60000, 28, 28]. Also as it is downloaded, compressed by gzip.
 * @throws RangeError where the file is none, or is not as long as its header says; before room is made for what it claims
 */
export function readIdx(file: string): TensorData {
  const {size} = statSync(file);
  if (size > maxBytes) throw new RangeError(`Expected a file of at most ${maxBytes} bytes, got ${size}: ${file}`);
  return parseIdx(uncompressed(readFileSync(file), file), file);
}

/** The same for bytes; `what` names them in errors. @throws RangeError as `readIdx` does */
export function parseIdx(bytes: Uint8Array, what = 'the bytes'): TensorData {
  const refuse = (expected: string, got: string): never => {
    throw new RangeError(`Expected ${what} to be an IDX file: ${expected}, got ${got}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0)
    refuse('two bytes of 0 at its beginning', bytes.length < 4 ? 'less than a header' : 'others');
  const type = elementTypes[bytes[2]!];
  const dimensions = bytes[3]!;
  if (!type) return refuse('type 8, 9, 11, 12, 13 or 14 in its third byte', String(bytes[2]));
  if (dimensions < 1 || dimensions > maxDimensions) refuse(`1 to ${maxDimensions} dimensions`, String(dimensions));
  const from = 4 + 4 * dimensions;
  if (bytes.length < from) refuse(`${dimensions} sizes after its fourth byte`, `${bytes.length} bytes in all`);
  const shape = Array.from({length: dimensions}, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, n) => product * n, 1);
  // Beyond 2^53 the product is not exact, but then no file is as long.
  if (count * type.bytes !== bytes.length - from)
    refuse(`${count * type.bytes} bytes of data for its sizes ${shape.join(' × ')}`, String(bytes.length - from));
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, from + i * type.bytes);
  return {dtype: 'float32', shape, data};
}

/** Images with their labels, in the form of `digits`: pixels from 0 to 1, one row an image. */
export interface LabelledImages {
  /** [n, pixels] */
  readonly images: TensorData;
  readonly labels: Int32Array;
  /** Rows and columns of an image. */
  readonly size: readonly [rows: number, columns: number];
}

/** MNIST, or what is stored like it: bytes [n, rows, columns] and labels [n]. @throws RangeError where the files do not belong together */
export function readMnist(imagesFile: string, labelsFile: string): LabelledImages {
  const [images, labels] = [readIdx(imagesFile), readIdx(labelsFile)];
  const [count, rows, columns] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count)
    throw new RangeError(
      `Expected images [n, rows, columns] and labels [n], got [${images.shape.join(', ')}] and [${labels.shape.join(', ')}]; are the files in this order?`,
    );
  return {
    images: {dtype: 'float32', shape: [count!, rows! * columns!], data: (images.data as Float32Array).map(value => value / 255)},
    labels: Int32Array.from(labels.data),
    size: [rows!, columns!],
  };
}

function uncompressed(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, {maxOutputLength: maxBytes});
  } catch (error) {
    throw new RangeError(`Expected ${file} to be compressed by gzip to at most ${maxBytes} bytes, got ${(error as Error).message}`, {
      cause: error,
    });
  }
}
