import {decodeFloats, encodeFloat} from '../../formats/float-codes.ts';
import {bfloat16} from '../../formats/float-format.ts';
import {forEachPiece, kernels} from '../../kernels/kernels.ts';
import {mxfp4, nvfp4} from './four-bit-floats.ts';
import {type GgmlType, isWritable} from './ggml-type.ts';
import {readHalf, writeHalf} from './half.ts';
import {iq1M, iq1S, iq2S, iq2XS, iq2XXS, iq3S, iq3XXS} from './iq-types.ts';
import {q2K, q3K, q4K, q5K, q6K, q8K} from './k-types.ts';
import {q4_0, q4_1, q5_0, q5_1, q8_0} from './legacy.ts';
import {f64, i16, i32, i64, i8, iq4NL, iq4XS, tq1_0, tq2_0} from './only-read.ts';

const f32: GgmlType = {
  name: 'F32',
  id: 0,
  blockSize: 1,
  blockBytes: 4,
  quantizeBlock: (values, from, bytes, at) => bytes.setFloat32(at, values[from]!, true),
  dequantizeBlock: (bytes, at, values, to) => (values[to] = bytes.getFloat32(at, true)),
};

const f16: GgmlType = {
  name: 'F16',
  id: 1,
  blockSize: 1,
  blockBytes: 2,
  quantizeBlock: (values, from, bytes, at) => void writeHalf(bytes, at, values[from]!),
  dequantizeBlock: (bytes, at, values, to) => (values[to] = readHalf(bytes, at)),
};

const bf16: GgmlType = {
  name: 'BF16',
  id: 30,
  blockSize: 1,
  blockBytes: 2,
  quantizeBlock: (values, from, bytes, at) => bytes.setUint16(at, encodeFloat(values[from]!, bfloat16), true),
  dequantizeBlock: (bytes, at, values, to) => (values[to] = decodeFloats([bytes.getUint16(at, true)], bfloat16)[0]!),
};

/** The types of ggml that tensors of a GGUF file may have here. */
export const ggmlTypes: readonly GgmlType[] = [
  f32,
  f16,
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q2K,
  q3K,
  q4K,
  q5K,
  q6K,
  q8K,
  bf16,
  mxfp4,
  nvfp4,
  iq1S,
  iq1M,
  iq2XXS,
  iq2XS,
  iq2S,
  iq3XXS,
  iq3S,
  iq4NL,
  iq4XS,
  tq1_0,
  tq2_0,
  i8,
  i16,
  i32,
  i64,
  f64,
];

/** A type by its name in ggml: `Q4_K`. @throws RangeError naming those that there are */
export function ggmlType(name: string): GgmlType {
  const type = ggmlTypes.find(type => type.name === name);
  if (!type) throw new RangeError(`Expected a ggml type (${ggmlTypes.map(({name}) => name).join(', ')}), got ${name}`);
  return type;
}

/**
 * The bytes of values [..., row] in a type of ggml, block after block. Equal to gguf-py's where it quantizes, else to llama.cpp's.
 * @throws RangeError where the type's blocks do not divide the row, at NaN or an infinity in a type that has none, or where ggml has the type for
 * reading only
 */
export function quantizeGgml(values: Float32Array, rowLength: number, type: GgmlType): Uint8Array<ArrayBuffer> {
  const {name, blockSize, blockBytes, quantizeBlock, quantizeBlocks} = type;
  if (!isWritable(type)) throw new RangeError(`Expected a type that can be written (${writable()}), got ${name}, which is only read here`);
  if (rowLength % blockSize !== 0 || values.length % rowLength !== 0)
    throw new RangeError(`Expected rows in blocks of ${blockSize} for ${name}, got ${values.length} values in rows of ${rowLength}`);
  const bytes = new Uint8Array((values.length / blockSize) * blockBytes);
  if (quantizeBlocks) {
    const bytesFor = (length: number): number => (length / blockSize) * blockBytes;
    forEachPiece(values, blockSize, bytesFor, ({from, length, x, out}) => {
      quantizeBlocks(kernels(), x, length / blockSize, out);
      bytes.set(new Uint8Array(kernels().memory.buffer, out, bytesFor(length)), bytesFor(from));
    });
    return bytes;
  }
  if (blockSize > 1) expectFinite(values);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < values.length / blockSize; block++) quantizeBlock!(values, block * blockSize, view, block * blockBytes);
  return bytes;
}

function expectFinite(values: Float32Array): void {
  for (let i = 0; i < values.length; i++)
    if (!(Math.abs(values[i]!) < Infinity))
      throw new RangeError(`Expected finite values, got ${values[i]} at ${i}. Clean the values first.`);
}

/** The values of ggml's bytes. @throws RangeError where they are no whole number of blocks */
export function dequantizeGgml(bytes: Uint8Array, {name, blockSize, blockBytes, dequantizeBlock}: GgmlType): Float32Array<ArrayBuffer> {
  if (bytes.byteLength % blockBytes !== 0)
    throw new RangeError(`Expected blocks of ${blockBytes} bytes for ${name}, got ${bytes.byteLength} bytes in all`);
  const blocks = bytes.byteLength / blockBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(blocks * blockSize);
  for (let block = 0; block < blocks; block++) dequantizeBlock(view, block * blockBytes, values, block * blockSize);
  return values;
}

function writable(): string {
  return ggmlTypes
    .filter(isWritable)
    .map(({name}) => name)
    .join(', ');
}
