import type {GgmlType} from './ggml-type.ts';
import {decodeHalf, readHalf} from './half.ts';
import {type Grid, iq1Grid, iq2sGrid, iq2xsGrid, iq2xxsGrid, iq3sGrid, iq3xxsGrid} from './iq-grids.ts';

// What files of others hold and ours do not write: each code stands for a vector of a grid, with a sign for each number. Layouts: llama.cpp's ggml-common.h.
const f = Math.fround;
const blockSize = 256;

/** 2.0625 bits: of each 32 values, four codes of 8 bits, four times 7 signs (the eighth makes their count even), a scale of 4 bits. */
export const iq2XXS: GgmlType = {
  name: 'IQ2_XXS',
  id: 16,
  blockSize,
  blockBytes: 66,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let run = 0; run < 8; run++) {
      const signsAndScale = bytes.getUint32(at + 6 + 8 * run, true);
      const runScale = quarter(scale, signsAndScale >>> 28);
      for (let i = 0; i < 4; i++) {
        const signs = evenSigns((signsAndScale >>> (7 * i)) & 127);
        put(values, to + 32 * run + 8 * i, {grid: iq2xxsGrid, code: bytes.getUint8(at + 2 + 8 * run + i), scale: runScale, signs});
      }
    }
  },
};

/** 2.3125 bits: of each 8 values, a code of 9 bits and 7 signs; a scale of 4 bits for 16. */
export const iq2XS: GgmlType = {
  name: 'IQ2_XS',
  id: 17,
  blockSize,
  blockBytes: 74,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < 32; i++) {
      const word = bytes.getUint16(at + 2 + 2 * i, true);
      const runScale = quarter(scale, nibble(bytes, at + 66, i >> 1));
      put(values, to + 8 * i, {grid: iq2xsGrid, code: word & 511, scale: runScale, signs: evenSigns(word >> 9)});
    }
  },
};

/** 2.5625 bits: of each 8 values, a code of 10 bits and 8 signs; a scale of 4 bits for 16. */
export const iq2S: GgmlType = {
  name: 'IQ2_S',
  id: 22,
  blockSize,
  blockBytes: 82,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < 32; i++) {
      const code = bytes.getUint8(at + 2 + i) | (((bytes.getUint8(at + 66 + (i >> 2)) >> (2 * (i % 4))) & 3) << 8);
      const runScale = quarter(scale, nibble(bytes, at + 74, i >> 1));
      put(values, to + 8 * i, {grid: iq2sGrid, code, scale: runScale, signs: bytes.getUint8(at + 34 + i)});
    }
  },
};

/** 3.0625 bits: of each 32 values, eight codes of 8 bits, four times 7 signs, a scale of 4 bits. */
export const iq3XXS: GgmlType = {
  name: 'IQ3_XXS',
  id: 18,
  blockSize,
  blockBytes: 98,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < 64; i++) {
      const signsAndScale = bytes.getUint32(at + 66 + 4 * (i >> 3), true);
      const runScale = f(f(scale * (0.5 + (signsAndScale >>> 28))) * 0.5);
      const signs = evenSigns((signsAndScale >>> (7 * ((i >> 1) % 4))) & 127) >> (4 * (i % 2));
      put(values, to + 4 * i, {grid: iq3xxsGrid, code: bytes.getUint8(at + 2 + i), scale: runScale, signs});
    }
  },
};

/** 3.4375 bits: of each 4 values, a code of 9 bits and 4 signs; a scale of 4 bits for 32. */
export const iq3S: GgmlType = {
  name: 'IQ3_S',
  id: 21,
  blockSize,
  blockBytes: 110,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < 64; i++) {
      const code = bytes.getUint8(at + 2 + i) | (((bytes.getUint8(at + 66 + (i >> 3)) >> (i % 8)) & 1) << 8);
      const runScale = f(scale * (1 + 2 * nibble(bytes, at + 106, i >> 3)));
      put(values, to + 4 * i, {grid: iq3sGrid, code, scale: runScale, signs: nibble(bytes, at + 74, i)});
    }
  },
};

/** 1.5625 bits: of each 8 values, a code of 11 bits for numbers −1, 0, 1; for 32, a scale of 3 bits and a shift of all by ±1/8. */
export const iq1S: GgmlType = {
  name: 'IQ1_S',
  id: 19,
  blockSize,
  blockBytes: 50,
  dequantizeBlock(bytes, at, values, to) {
    const scale = readHalf(bytes, at);
    for (let i = 0; i < 32; i++) {
      const upper = bytes.getUint16(at + 34 + 2 * (i >> 2), true);
      const code = bytes.getUint8(at + 2 + i) | (((upper >> (3 * (i % 4))) & 7) << 8);
      const runScale = f(scale * (2 * ((upper >> 12) & 7) + 1));
      put(values, to + 8 * i, {grid: iq1Grid, code, scale: runScale, shift: upper & 0x8000 ? -0.125 : 0.125});
    }
  },
};

/** 1.75 bits: of each 8 values, a code of 11 bits for numbers −1, 0, 1 and a shift of these by ±1/8; a scale of 3 bits for 16. */
export const iq1M: GgmlType = {
  name: 'IQ1_M',
  id: 29,
  blockSize,
  blockBytes: 56,
  dequantizeBlock(bytes, at, values, to) {
    const words = [0, 1, 2, 3].map(i => bytes.getUint16(at + 48 + 2 * i, true));
    // The block's own scale lies in the upper four bits of each word, the lowest first.
    const scale = decodeHalf(words.reduce((half, word, i) => half | ((word >> 12) << (4 * i)), 0));
    for (let i = 0; i < 32; i++) {
      const upper = nibble(bytes, at + 32, i);
      const code = bytes.getUint8(at + i) | ((upper & 7) << 8);
      const runScale = f(scale * (2 * ((words[i >> 3]! >> (3 * ((i >> 1) % 4))) & 7) + 1));
      put(values, to + 8 * i, {grid: iq1Grid, code, scale: runScale, shift: upper & 8 ? -0.125 : 0.125});
    }
  },
};

/** A vector of a grid, its numbers shifted, scaled, and those negated whose bit is set. */
interface Coded {
  readonly grid: Grid;
  readonly code: number;
  readonly scale: number;
  readonly shift?: number;
  readonly signs?: number;
}

function put(values: Float32Array, to: number, {grid, code, scale, shift = 0, signs = 0}: Coded): void {
  const numbers = grid.values();
  for (let i = 0; i < grid.length; i++) {
    const value = scale * (numbers[code * grid.length + i]! + shift);
    values[to + i] = (signs >> i) & 1 ? -value : value;
  }
}

function quarter(scale: number, code: number): number {
  return f(f(scale * (0.5 + code)) * 0.25);
}

function nibble(bytes: DataView, at: number, i: number): number {
  return (bytes.getUint8(at + (i >> 1)) >> (4 * (i % 2))) & 15;
}

/** Seven signs and the eighth, which makes the count of set bits even. */
function evenSigns(seven: number): number {
  let parity = seven;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return seven | ((parity & 1) << 7);
}
