import type {GgmlType} from './ggml-type.ts';
import {readHalf} from './half.ts';

const f = Math.fround;
const blockSize = 32;

/** 32 int8 codes and a float16 scale absMax / 127; rounds half away from zero. */
export const q8_0: GgmlType = {
  name: 'Q8_0',
  id: 8,
  blockSize,
  blockBytes: 34,
  quantizeBlocks: (kernels, x, blocks, out) => kernels.q8_0(x, blocks, out),
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
    quantizeBlocks: (kernels, x, blocks, out) => kernels.signedCodes(x, blocks, out, bits),
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
    quantizeBlocks: (kernels, x, blocks, out) => kernels.unsignedCodes(x, blocks, out, bits),
    dequantizeBlock(bytes, at, values, to) {
      const scale = readHalf(bytes, at);
      const min = readHalf(bytes, at + 2);
      readCodes(bytes, at + 4, bits, (i, code) => (values[to + i] = f(scale * code) + min));
    },
  };
}

function codeBytes(bits: 4 | 5): number {
  return (bits === 5 ? 4 : 0) + blockSize / 2;
}

/** Fifth bits first, one to a code; then the lower four, code i beside code i + 16. */
function readCodes(bytes: DataView, at: number, bits: 4 | 5, take: (i: number, code: number) => void): void {
  const nibbles = at + codeBytes(bits) - blockSize / 2;
  const fifthBits = bits === 5 ? bytes.getUint32(at, true) : 0;
  for (let i = 0; i < blockSize; i++) {
    const byte = bytes.getUint8(nibbles + (i % 16));
    take(i, ((i < 16 ? byte : byte >> 4) & 15) | (((fifthBits >>> i) & 1) << 4));
  }
}
