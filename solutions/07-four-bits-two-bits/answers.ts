import type {GroupQuantized, Storage} from '../../exercises/07-four-bits-two-bits/interface.ts';

/**
 * Each code moves into its place in its byte: at 4 bits the even ones stay, the odd ones go up by four.
 * The mask keeps a negative code's upper ones, all 28 of them, out of its neighbours.
 */
export function pack(codes: Int8Array, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const packed = new Uint8Array(Math.ceil(codes.length / perByte));
  codes.forEach((code, i) => {
    packed[Math.floor(i / perByte)]! |= (code & mask) << ((i % perByte) * bits);
  });
  return packed;
}

/** The same way back. What was read is 0 … 2^bits − 1; its upper half stands for the negative codes. */
export function unpack(packed: Uint8Array, bits: number, length: number): Int8Array {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const half = 2 ** (bits - 1);
  return Int8Array.from({length}, (_, i) => {
    const read = (packed[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & mask;
    return read < half ? read : read - 2 * half;
  });
}

/** The 16 bits of the float16 number nearest to x, for x ≥ 0. */
function float16Bits(x: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(x)));
  return (exponent + 14) * 1024 + Math.round(x / 2 ** (exponent - 10));
}

/** The number that such bits stand for. */
function float16Value(bits: number): number {
  const exponent = Math.max(1, bits >> 10);
  const fraction = bits - (exponent - 1) * 1024;
  return fraction * 2 ** (exponent - 25);
}

/**
 * Symmetric quantization of lesson 04, once for each group. The scale is rounded to float16 before it is used:
 * whoever restores the weights has no other.
 */
export function quantizeGroups(weights: Float32Array, bits: number, groupSize: number): GroupQuantized {
  const qmax = 2 ** (bits - 1) - 1;
  const scales = new Uint16Array(weights.length / groupSize);
  const codes = new Int8Array(weights.length);
  for (let group = 0; group < scales.length; group++) {
    const [from, to] = [group * groupSize, (group + 1) * groupSize];
    const absMax = weights.subarray(from, to).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    scales[group] = float16Bits(absMax / qmax || 1);
    const scale = float16Value(scales[group]!);
    // The stored scale may be a little too small for the largest weight, so clamp.
    for (let i = from; i < to; i++) codes[i] = Math.min(qmax, Math.max(-qmax, Math.round(weights[i]! / scale)));
  }
  return {packed: pack(codes, bits), scales};
}

/** Codes fill whole bytes, and every group that was begun has a scale. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return Math.ceil((count * bits) / 8) + Math.ceil(count / groupSize) * (scaleBits / 8);
}
