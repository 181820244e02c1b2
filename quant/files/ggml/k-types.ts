import type {GgmlType} from './ggml-type.ts';
import {readHalf} from './half.ts';
import {readScaleAndMin} from './k-scales.ts';

// Super-blocks of 256 numbers: the scales of their sub-blocks are quantized in turn. Layouts: llama.cpp's ggml-common.h.
const f = Math.fround;
const blockSize = 256;

/** 16 sub-blocks of 16: scale · code − min with 2-bit codes and 4-bit scales and minima. */
export const q2K: GgmlType = {
  name: 'Q2_K',
  id: 10,
  blockSize,
  blockBytes: 84,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at + 80);
    const minScale = readHalf(bytes, at + 82);
    for (let i = 0; i < blockSize; i++) {
      const packed = bytes.getUint8(at + Math.floor(i / 16));
      const code = (bytes.getUint8(at + 16 + byteOfHalves(i)) >> (2 * quarterOf(i))) & 3;
      values[to + i] = f(f(scale * (packed & 15)) * code) - f(minScale * (packed >> 4));
    }
  },
};

/** 16 sub-blocks of 16: 3-bit codes around a 6-bit scale. */
export const q3K: GgmlType = {
  name: 'Q3_K',
  id: 11,
  blockSize,
  blockBytes: 110,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at + 108);
    for (let i = 0; i < blockSize; i++) {
      const sub = Math.floor(i / 16);
      const low = (bytes.getUint8(at + 96 + (sub % 8)) >> (sub < 8 ? 0 : 4)) & 15;
      const high = (bytes.getUint8(at + 104 + (sub % 4)) >> (2 * Math.floor(sub / 4))) & 3;
      const subScale = f(scale * ((low | (high << 4)) - 32));
      const thirdBit = (bytes.getUint8(at + (i % 32)) >> Math.floor(i / 32)) & 1;
      const code = ((bytes.getUint8(at + 32 + byteOfHalves(i)) >> (2 * quarterOf(i))) & 3) - (thirdBit ? 0 : 4);
      values[to + i] = subScale * code;
    }
  },
};

/** 8 sub-blocks of 32: scale · code − min with 4-bit codes, 6-bit scales and minima. */
export const q4K: GgmlType = {
  name: 'Q4_K',
  id: 12,
  blockSize,
  blockBytes: 144,
  quantizeBlocks: (kernels, x, blocks, out) => kernels.q4_K(x, blocks, out),
  dequantizeBlock(bytes, at, values, to) {
    dequantizeWithMinima(bytes, at, values, to, i => nibble(bytes, at + 16, i));
  },
};

/** As Q4_K, with a fifth bit to each code. */
export const q5K: GgmlType = {
  name: 'Q5_K',
  id: 13,
  blockSize,
  blockBytes: 176,
  dequantizeBlock(bytes, at, values, to) {
    dequantizeWithMinima(bytes, at, values, to, i => {
      const fifthBit = (bytes.getUint8(at + 16 + (i % 32)) >> Math.floor(i / 32)) & 1;
      return nibble(bytes, at + 48, i) | (fifthBit << 4);
    });
  },
};

/** 16 sub-blocks of 16: 6-bit codes around an int8 scale. */
export const q6K: GgmlType = {
  name: 'Q6_K',
  id: 14,
  blockSize,
  blockBytes: 210,
  quantizeBlocks: (kernels, x, blocks, out) => kernels.q6_K(x, blocks, out),
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at + 208);
    for (let i = 0; i < blockSize; i++) {
      const half = Math.floor(i / 128);
      const low = bytes.getUint8(at + 64 * half + (i % 64));
      const high = bytes.getUint8(at + 128 + byteOfHalves(i)) >> (2 * quarterOf(i));
      const code = ((quarterOf(i) < 2 ? low & 15 : low >> 4) | ((high & 3) << 4)) - 32;
      values[to + i] = f(scale * bytes.getInt8(at + 192 + Math.floor(i / 16))) * code;
    }
  },
};

/** 256 int8 codes with a float32 scale and the sums of sixteen: what llama.cpp makes of activations. */
export const q8K: GgmlType = {
  name: 'Q8_K',
  id: 15,
  blockSize,
  blockBytes: 292,
  dequantizeBlock(bytes, at, values, to) {
    const scale = bytes.getFloat32(at, true);
    for (let i = 0; i < blockSize; i++) values[to + i] = scale * bytes.getInt8(at + 4 + i);
  },
};

/** Within each half of 128, the 32 numbers of one quarter share their bytes with those of the other three. */
function byteOfHalves(i: number): number {
  return 32 * Math.floor(i / 128) + (i % 32);
}

function quarterOf(i: number): number {
  return Math.floor((i % 128) / 32);
}

/** The low nibbles of 32 bytes, then their high ones. */
function nibble(bytes: DataView, at: number, i: number): number {
  const byte = bytes.getUint8(at + 32 * Math.floor(i / 64) + (i % 32));
  return i % 64 < 32 ? byte & 15 : byte >> 4;
}

function dequantizeWithMinima(bytes: DataView, at: number, values: Float32Array, to: number, codeOf: (i: number) => number): void {
  const scale = readHalf(bytes, at);
  const minScale = readHalf(bytes, at + 2);
  for (let sub = 0; sub < 8; sub++) {
    const packed = readScaleAndMin(bytes, at + 4, sub);
    const subScale = f(scale * packed.scale);
    const min = f(minScale * packed.min);
    for (let i = 32 * sub; i < 32 * sub + 32; i++) values[to + i] = f(subScale * codeOf(i)) - min;
  }
}
