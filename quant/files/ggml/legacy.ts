import type {GgmlType} from './ggml-type.ts';
import {readHalf, writeHalf} from './half.ts';

const f = Math.fround;
const blockSize = 32;

/** 32 int8 codes and a float16 scale absMax / 127; rounds half away from zero. */
export const q8_0: GgmlType = {
  name: 'Q8_0',
  id: 8,
  blockSize,
  blockBytes: 34,
  quantizeBlock(values, from, bytes, at) {
    let absMax = 0;
    for (let i = 0; i < blockSize; i++) absMax = Math.max(absMax, Math.abs(values[from + i]!));
    const scale = f(absMax / 127);
    const inverse = inverseOf(scale);
    writeHalf(bytes, at, scale);
    for (let i = 0; i < blockSize; i++) {
      const steps = f(values[from + i]! * inverse);
      bytes.setInt8(at + 2 + i, Math.sign(steps) * Math.floor(f(Math.abs(steps) + 0.5)));
    }
  },
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < blockSize; i++) values[to + i] = bytes.getInt8(at + 2 + i) * scale;
  },
};

/** Signed codes around a float16 scale: the number of largest magnitude gets the lowest code exactly. */
export const q4_0 = signedType('Q4_0', 2, 4);
export const q5_0 = signedType('Q5_0', 6, 5);
/** Unsigned codes from a float16 minimum on, with a float16 scale. */
export const q4_1 = unsignedType('Q4_1', 3, 4);
export const q5_1 = unsignedType('Q5_1', 7, 5);

function signedType(name: string, id: number, bits: 4 | 5): GgmlType {
  const middle = 2 ** (bits - 1);
  return {
    name,
    id,
    blockSize,
    blockBytes: 2 + codeBytes(bits),
    quantizeBlock(values, from, bytes, at) {
      let largest = 0;
      for (let i = 0; i < blockSize; i++) if (Math.abs(values[from + i]!) > Math.abs(largest)) largest = values[from + i]!;
      const scale = f(largest / -middle);
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      writeCodes(bytes, at + 2, bits, i => Math.trunc(f(f(values[from + i]! * inverse) + f(middle + 0.5))));
    },
    dequantizeBlock(bytes, at, values, to) {
      const scale = readHalf(bytes, at);
      readCodes(bytes, at + 2, bits, (i, code) => (values[to + i] = (code - middle) * scale));
    },
  };
}

function unsignedType(name: string, id: number, bits: 4 | 5): GgmlType {
  return {
    name,
    id,
    blockSize,
    blockBytes: 4 + codeBytes(bits),
    quantizeBlock(values, from, bytes, at) {
      let [min, max] = [Infinity, -Infinity];
      for (let i = 0; i < blockSize; i++) {
        min = Math.min(min, values[from + i]!);
        max = Math.max(max, values[from + i]!);
      }
      const scale = f(f(max - min) / (2 ** bits - 1));
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      writeHalf(bytes, at + 2, min);
      writeCodes(bytes, at + 4, bits, i => Math.trunc(f(f(f(values[from + i]! - min) * inverse) + 0.5)));
    },
    dequantizeBlock(bytes, at, values, to) {
      const scale = readHalf(bytes, at);
      const min = readHalf(bytes, at + 2);
      readCodes(bytes, at + 4, bits, (i, code) => (values[to + i] = f(scale * code) + min));
    },
  };
}

/** 0 for a scale of 0, whose codes do not matter. */
function inverseOf(scale: number): number {
  return scale === 0 ? 0 : f(1 / scale);
}

function codeBytes(bits: 4 | 5): number {
  return (bits === 5 ? 4 : 0) + blockSize / 2;
}

/** Fifth bits first, one to a code; then the lower four, code i beside code i + 16. Codes beyond the type's last are its last. */
function writeCodes(bytes: DataView, at: number, bits: 4 | 5, codeOf: (i: number) => number): void {
  const last = 2 ** bits - 1;
  const nibbles = at + codeBytes(bits) - blockSize / 2;
  let fifthBits = 0;
  for (let i = 0; i < blockSize / 2; i++) {
    const low = Math.min(codeOf(i), last);
    const high = Math.min(codeOf(i + 16), last);
    bytes.setUint8(nibbles + i, (low & 15) | ((high & 15) << 4));
    fifthBits |= ((low >> 4) << i) | ((high >> 4) << (i + 16));
  }
  if (bits === 5) bytes.setUint32(at, fifthBits >>> 0, true);
}

function readCodes(bytes: DataView, at: number, bits: 4 | 5, take: (i: number, code: number) => void): void {
  const nibbles = at + codeBytes(bits) - blockSize / 2;
  const fifthBits = bits === 5 ? bytes.getUint32(at, true) : 0;
  for (let i = 0; i < blockSize; i++) {
    const byte = bytes.getUint8(nibbles + (i % 16));
    take(i, ((i < 16 ? byte : byte >> 4) & 15) | (((fifthBits >>> i) & 1) << 4));
  }
}
