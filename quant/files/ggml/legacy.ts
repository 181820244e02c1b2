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
    for (let i = from; i < from + blockSize; i++) {
      const magnitude = Math.abs(values[i]!);
      if (magnitude > absMax) absMax = magnitude;
    }
    const scale = f(absMax / 127);
    const inverse = inverseOf(scale);
    writeHalf(bytes, at, scale);
    for (let i = 0; i < blockSize; i++) {
      const steps = f(values[from + i]! * inverse);
      // In float64 the sum is exact, and cutting it off rounds half away from zero.
      bytes.setInt8(at + 2 + i, (steps + (steps < 0 ? -0.5 : 0.5)) | 0);
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
      let absMax = 0;
      for (let i = from; i < from + blockSize; i++) {
        const magnitude = Math.abs(values[i]!);
        if (magnitude > absMax) [absMax, largest] = [magnitude, values[i]!];
      }
      const scale = f(largest / -middle);
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      writeCodes({values, from, min: 0, inverse, half: middle + 0.5}, bytes, at + 2, bits);
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
      for (let i = from; i < from + blockSize; i++) {
        const x = values[i]!;
        if (x < min) min = x;
        if (x > max) max = x;
      }
      const scale = f(f(max - min) / (2 ** bits - 1));
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      writeHalf(bytes, at + 2, min);
      writeCodes({values, from, min, inverse, half: 0.5}, bytes, at + 4, bits);
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

/**
 * Fifth bits first, one to a code; then the lower four, code i beside code i + 16: trunc((x − min) · inverse + half), and codes beyond the type's last
 * are its last. One loop, without a call for each code: it is what a conversion spends its time in.
 */
function writeCodes(
  {
    values,
    from,
    min,
    inverse,
    half,
  }: {readonly values: Float32Array; readonly from: number; readonly min: number; readonly inverse: number; readonly half: number},
  bytes: DataView,
  at: number,
  bits: 4 | 5,
): void {
  const last = 2 ** bits - 1;
  const nibbles = at + codeBytes(bits) - blockSize / 2;
  let fifthBits = 0;
  for (let i = 0; i < blockSize / 2; i++) {
    let low = f(f(f(values[from + i]! - min) * inverse) + half) | 0;
    let high = f(f(f(values[from + i + 16]! - min) * inverse) + half) | 0;
    if (low > last) low = last;
    if (high > last) high = last;
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
