import {decodeFloats} from '../../formats/float-codes.ts';
import {bfloat16, float16, float4e2m1, float8e4m3fn, float8e5m2, type FloatFormat} from '../../formats/float-format.ts';
import {unpack} from '../../formats/packing.ts';

/** An element type of ONNX. */
export interface OnnxDtype {
  readonly name: string;
  /** Its number in TensorProto.DataType. */
  readonly id: number;
  /** Two or four of those with fewer than 8 share a byte; 0 where elements have no fixed size. */
  readonly bits: number;
  /** The numbers of `length` elements; missing where they are no numbers. */
  readonly floats?: (bytes: Uint8Array<ArrayBuffer>, length: number) => Float32Array<ArrayBuffer>;
}

const numbersOf =
  (array: new (buffer: ArrayBuffer) => ArrayLike<number> | ArrayLike<bigint>): NonNullable<OnnxDtype['floats']> =>
  bytes =>
    Float32Array.from(new array(bytes.buffer) as ArrayLike<number>, Number);
const coded =
  (format: FloatFormat): NonNullable<OnnxDtype['floats']> =>
  (bytes, length) =>
    decodeFloats(unpack(bytes, {bits: format.bits, signed: false, length}), format);
const packed =
  (bits: number, signed: boolean): NonNullable<OnnxDtype['floats']> =>
  (bytes, length) =>
    Float32Array.from(unpack(bytes, {bits, signed, length}));

/** One NaN in place of −0, no infinities, and a bias larger by one: the 8-bit floats of Graphcore and AMD. */
const withoutNegativeZero =
  (mantissaBits: number, bias: number): NonNullable<OnnxDtype['floats']> =>
  bytes =>
    Float32Array.from(bytes, code => {
      if (code === 0x80) return NaN;
      const exponent = (code & 127) >> mantissaBits;
      const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
      return (code < 128 ? 1 : -1) * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
    });

/** Source: onnx.proto, TensorProto.DataType. */
export const onnxDtypes: readonly OnnxDtype[] = [
  {name: 'FLOAT', id: 1, bits: 32, floats: numbersOf(Float32Array)},
  {name: 'UINT8', id: 2, bits: 8, floats: numbersOf(Uint8Array)},
  {name: 'INT8', id: 3, bits: 8, floats: numbersOf(Int8Array)},
  {name: 'UINT16', id: 4, bits: 16, floats: numbersOf(Uint16Array)},
  {name: 'INT16', id: 5, bits: 16, floats: numbersOf(Int16Array)},
  {name: 'INT32', id: 6, bits: 32, floats: numbersOf(Int32Array)},
  {name: 'INT64', id: 7, bits: 64, floats: numbersOf(BigInt64Array)},
  {name: 'STRING', id: 8, bits: 0},
  {name: 'BOOL', id: 9, bits: 8, floats: numbersOf(Uint8Array)},
  {name: 'FLOAT16', id: 10, bits: 16, floats: coded(float16)},
  {name: 'DOUBLE', id: 11, bits: 64, floats: numbersOf(Float64Array)},
  {name: 'UINT32', id: 12, bits: 32, floats: numbersOf(Uint32Array)},
  {name: 'UINT64', id: 13, bits: 64, floats: numbersOf(BigUint64Array)},
  {name: 'COMPLEX64', id: 14, bits: 64},
  {name: 'COMPLEX128', id: 15, bits: 128},
  {name: 'BFLOAT16', id: 16, bits: 16, floats: coded(bfloat16)},
  {name: 'FLOAT8E4M3FN', id: 17, bits: 8, floats: coded(float8e4m3fn)},
  {name: 'FLOAT8E4M3FNUZ', id: 18, bits: 8, floats: withoutNegativeZero(3, 8)},
  {name: 'FLOAT8E5M2', id: 19, bits: 8, floats: coded(float8e5m2)},
  {name: 'FLOAT8E5M2FNUZ', id: 20, bits: 8, floats: withoutNegativeZero(2, 16)},
  {name: 'UINT4', id: 21, bits: 4, floats: packed(4, false)},
  {name: 'INT4', id: 22, bits: 4, floats: packed(4, true)},
  {name: 'FLOAT4E2M1', id: 23, bits: 4, floats: coded(float4e2m1)},
  {name: 'FLOAT8E8M0', id: 24, bits: 8, floats: bytes => Float32Array.from(bytes, code => (code === 255 ? NaN : 2 ** (code - 127)))},
  {name: 'UINT2', id: 25, bits: 2, floats: packed(2, false)},
  {name: 'INT2', id: 26, bits: 2, floats: packed(2, true)},
];

/** @throws RangeError naming those that there are */
export function onnxDtype(name: string): OnnxDtype {
  const dtype = onnxDtypes.find(dtype => dtype.name === name);
  if (!dtype) throw new RangeError(`Expected an element type of ONNX (${onnxDtypes.map(({name}) => name).join(', ')}), got ${name}`);
  return dtype;
}

/** Bytes of `elements` elements; several that share a byte fill the last one up. */
export function onnxBytes({bits}: OnnxDtype, elements: number): number {
  return Math.ceil((elements * bits) / 8);
}
