import {decodeFloats, floatEncoder} from '../../formats/float-codes.ts';
import {float16} from '../../formats/float-format.ts';

const encodeHalf = floatEncoder(float16);
const halves = decodeFloats(
  Uint16Array.from({length: 65536}, (_, code) => code),
  float16,
);

/** The float16 number at a place of a block. */
export function readHalf(bytes: DataView, at: number): number {
  return decodeHalf(bytes.getUint16(at, true));
}

/** The float16 number of these bits. */
export function decodeHalf(bits: number): number {
  return halves[bits]!;
}

/** Writes a number as float16, and gives what then stands there. */
export function writeHalf(bytes: DataView, at: number, x: number): number {
  bytes.setUint16(at, encodeHalf(x), true);
  return readHalf(bytes, at);
}
