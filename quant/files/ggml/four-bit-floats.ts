import type {GgmlType} from './ggml-type.ts';

// Elements of float4e2m1 doubled, so that they are whole numbers; the scales are halved. Layouts: llama.cpp's ggml-common.h.
const f = Math.fround;
const elements = Int8Array.of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
const mxBlockSize = 32;
const nvSubBlock = 16;
const nvSubBlocks = 4;

/** OCP's MXFP4: 32 elements and a power of two, 2^(⌊log2 absMax⌋ − 2); each takes the nearest element. */
export const mxfp4: GgmlType = {
  name: 'MXFP4',
  id: 39,
  blockSize: mxBlockSize,
  blockBytes: 1 + mxBlockSize / 2,
  quantizeBlock(values, from, bytes, at) {
    const absMax = absMaxOf(values, from, mxBlockSize);
    // log2 in float32, as ggml computes it: just below a large power of two it rounds up to the power.
    const exponent = absMax > 0 ? Math.floor(f(Math.log2(absMax))) - 2 + 127 : 0;
    const scaleByte = Math.max(exponent, 0);
    bytes.setUint8(at, scaleByte);
    writeElements(values, from, mxBlockSize, powerOf(scaleByte), bytes, at + 1);
  },
  dequantizeBlock(bytes, at, values, to) {
    readElements(bytes, at + 1, mxBlockSize, powerOf(bytes.getUint8(at)), values, to);
  },
};

/** NVIDIA's NVFP4 as ggml stores it: 4 sub-blocks of 16 elements, each with a scale absMax / 6 in an unsigned E4M3; there is no scale of the tensor. */
export const nvfp4: GgmlType = {
  name: 'NVFP4',
  id: 40,
  blockSize: nvSubBlocks * nvSubBlock,
  blockBytes: nvSubBlocks * (1 + nvSubBlock / 2),
  quantizeBlock(values, from, bytes, at) {
    for (let sub = 0; sub < nvSubBlocks; sub++) {
      const start = from + sub * nvSubBlock;
      const scaleByte = encodeE4m3(f(absMaxOf(values, start, nvSubBlock) / 6));
      bytes.setUint8(at + sub, scaleByte);
      writeElements(values, start, nvSubBlock, halvedE4m3(scaleByte), bytes, at + nvSubBlocks + (sub * nvSubBlock) / 2);
    }
  },
  dequantizeBlock(bytes, at, values, to) {
    for (let sub = 0; sub < nvSubBlocks; sub++) {
      const codesAt = at + nvSubBlocks + (sub * nvSubBlock) / 2;
      readElements(bytes, codesAt, nvSubBlock, halvedE4m3(bytes.getUint8(at + sub)), values, to + sub * nvSubBlock);
    }
  },
};

function absMaxOf(values: Float32Array, from: number, count: number): number {
  let absMax = 0;
  for (let i = from; i < from + count; i++) absMax = Math.max(absMax, Math.abs(values[i]!));
  return absMax;
}

/** Half of what an E8M0 byte says. */
function powerOf(scaleByte: number): number {
  return 2 ** (scaleByte - 128);
}

/** Half of an unsigned E4M3 number; NaN's code stands for 0. */
function halvedE4m3(code: number): number {
  if (code === 0x7f) return 0;
  const exponent = (code >> 3) & 15;
  const mantissa = code & 7;
  return exponent === 0 ? mantissa * 2 ** -10 : (1 + mantissa / 8) * 2 ** (exponent - 8);
}

/** Rounds half away from zero, and from 256 on to the largest number, 448, as ggml does; float8e4m3fn rounds half to even and has 256 … 416, too. */
function encodeE4m3(x: number): number {
  const exponent = Math.floor(Math.log2(x)) + 7;
  if (!(exponent > 0)) return Math.min(Math.trunc(f(f(x * 512) + 0.5)), 7);
  // A mantissa that rounds up to 8 carries into the exponent.
  const code = exponent * 8 + Math.floor((x / 2 ** (exponent - 7) - 1) * 8 + 0.5);
  return code < 15 * 8 ? code : 0x7e;
}

/** Element i beside element i + half a block, the nearest each; of two equally near the first. */
function writeElements(values: Float32Array, from: number, count: number, scale: number, bytes: DataView, at: number): void {
  const half = count / 2;
  for (let i = 0; i < half; i++) {
    bytes.setUint8(at + i, nearest(values[from + i]!, scale) | (nearest(values[from + half + i]!, scale) << 4));
  }
}

function nearest(x: number, scale: number): number {
  let best = 0;
  let least = Infinity;
  for (let code = 0; code < elements.length; code++) {
    const error = Math.abs(f(scale * elements[code]! - x));
    if (error < least) [best, least] = [code, error];
  }
  return best;
}

function readElements(bytes: DataView, at: number, count: number, scale: number, values: Float32Array, to: number): void {
  const half = count / 2;
  for (let i = 0; i < half; i++) {
    const byte = bytes.getUint8(at + i);
    values[to + i] = scale * elements[byte & 15]!;
    values[to + half + i] = scale * elements[byte >> 4]!;
  }
}
