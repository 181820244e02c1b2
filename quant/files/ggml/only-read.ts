import type {GgmlType} from './ggml-type.ts';
import {readHalf} from './half.ts';

// What files of others hold and ours do not write. Layouts: llama.cpp's ggml-common.h.
const f = Math.fround;
const levels = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** 32 codes of 4 bits into a table of uneven levels, with a float16 scale. */
export const iq4NL: GgmlType = {
  name: 'IQ4_NL',
  id: 20,
  blockSize: 32,
  blockBytes: 18,
  dequantizeBlock(bytes, at, values, to) {
    readLevels(bytes, at + 2, readHalf(bytes, at), values, to);
  },
};

/** 8 sub-blocks of 32 codes into the same table, each with a scale of 6 bits. */
export const iq4XS: GgmlType = {
  name: 'IQ4_XS',
  id: 23,
  blockSize: 256,
  blockBytes: 136,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    const upper = bytes.getUint16(at + 2, true);
    for (let sub = 0; sub < 8; sub++) {
      const lower = (bytes.getUint8(at + 4 + (sub >> 1)) >> (4 * (sub % 2))) & 15;
      const subScale = (lower | (((upper >> (2 * sub)) & 3) << 4)) - 32;
      readLevels(bytes, at + 8 + 16 * sub, f(scale * subScale), values, to + 32 * sub);
    }
  },
};

/** 256 ternary codes −1, 0, 1, five to a byte as digits of a fraction in base 3, with a float16 scale. */
export const tq1_0: GgmlType = {
  name: 'TQ1_0',
  id: 34,
  blockSize: 256,
  blockBytes: 54,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at + 52);
    // [first byte, bytes, digits in each]: the digit runs slower than the byte.
    for (const [first, count, digits, first256] of [
      [0, 32, 5, 0],
      [32, 16, 5, 160],
      [48, 4, 4, 240],
    ] as const)
      for (let digit = 0; digit < digits; digit++)
        for (let i = 0; i < count; i++) {
          const shifted = (bytes.getUint8(at + first + i) * 3 ** digit) & 255;
          values[to + first256 + digit * count + i] = scale * (((shifted * 3) >> 8) - 1);
        }
  },
};

/** 256 ternary codes of 2 bits, with a float16 scale. */
export const tq2_0: GgmlType = {
  name: 'TQ2_0',
  id: 35,
  blockSize: 256,
  blockBytes: 66,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at + 64);
    for (let i = 0; i < 256; i++) {
      const byte = bytes.getUint8(at + 32 * (i >> 7) + (i % 32));
      values[to + i] = scale * (((byte >> (2 * ((i >> 5) % 4))) & 3) - 1);
    }
  },
};

export const i8 = numbers('I8', 24, 1, (bytes, at) => bytes.getInt8(at));
export const i16 = numbers('I16', 25, 2, (bytes, at) => bytes.getInt16(at, true));
export const i32 = numbers('I32', 26, 4, (bytes, at) => bytes.getInt32(at, true));
export const i64 = numbers('I64', 27, 8, (bytes, at) => Number(bytes.getBigInt64(at, true)));
export const f64 = numbers('F64', 28, 8, (bytes, at) => bytes.getFloat64(at, true));

function numbers(name: string, id: number, blockBytes: number, read: (bytes: DataView, at: number) => number): GgmlType {
  return {name, id, blockSize: 1, blockBytes, dequantizeBlock: (bytes, at, values, to) => (values[to] = read(bytes, at))};
}

/** 32 codes: code i in the lower half of byte i, code i + 16 in the upper. */
function readLevels(bytes: DataView, at: number, scale: number, values: Float32Array, to: number): void {
  for (let i = 0; i < 16; i++) {
    const byte = bytes.getUint8(at + i);
    values[to + i] = scale * levels[byte & 15]!;
    values[to + 16 + i] = scale * levels[byte >> 4]!;
  }
}
