import {slicesOf} from '../../affine/granularity.ts';
import type {QTensor} from '../../affine/qtensor.ts';
import type {GgmlType} from './ggml-type.ts';
import {writeHalf} from './half.ts';
import {ggmlType} from './index.ts';

/** ggml's types whose blocks are codes around 0 and a float16 scale, by the bits of their codes. */
const typesByBits: Readonly<Record<number, string>> = {4: 'Q4_0', 5: 'Q5_0', 8: 'Q8_0'};

/** The type of ggml that holds signed codes of so many bits, whatever method chose them. @throws RangeError where there is none */
export function ggmlTypeOfCodes(bits: number): GgmlType {
  const name = typesByBits[bits];
  if (!name) throw new RangeError(`Expected 4, 5 or 8 bits for GGUF, got ${bits}; a safetensors file holds 2 to 8`);
  return ggmlType(name);
}

/**
 * A tensor's codes as blocks of Q4_0, Q5_0 or Q8_0, by their bits. A group of several blocks gives each of them its scale: they stand for the very same
 * numbers. @throws RangeError where scales are not those of whole blocks, codes are not around 0, or a scale is no float16 number
 */
export function ggmlOfCodes(quantized: QTensor): Uint8Array<ArrayBuffer> {
  const {shape, qtype, granularity, scales, zeroPoints, size} = quantized;
  const {name, blockSize, blockBytes} = ggmlTypeOfCodes(qtype.bits);
  const {count, run} = slicesOf(shape, granularity);
  if ((shape.at(-1) ?? 1) % blockSize !== 0 || run % blockSize !== 0)
    throw new RangeError(
      `Expected rows and groups of whole blocks of ${blockSize} for ${name}, got rows of ${shape.at(-1)} and scales for ${run}`,
    );
  if (!qtype.signed || zeroPoints?.some(zero => zero !== 0))
    throw new RangeError(`Expected signed codes without zero points for ${name}, got ${qtype.name}; choose a symmetric scheme`);
  const codes = quantized.codes();
  const bytes = new DataView(new ArrayBuffer((size / blockSize) * blockBytes));
  for (let from = 0, at = 0; from < size; from += blockSize, at += blockBytes) {
    const scale = scales[Math.floor(from / run) % count]!;
    if (writeHalf(bytes, at, scale) !== scale)
      throw new RangeError(`Expected scales that are float16 numbers for ${name}, got ${scale}; choose them with scaleFormat: float16`);
    if (qtype.bits === 8) for (let i = 0; i < blockSize; i++) bytes.setInt8(at + 2 + i, codes[from + i]!);
    else writeNibbles(codes.subarray(from, from + blockSize), qtype.bits, bytes, at + 2);
  }
  return new Uint8Array(bytes.buffer);
}

/** Codes from 0 on: of five bits the fifth ones first, then the lower four, code i beside code i + 16. */
function writeNibbles(codes: ArrayLike<number>, bits: number, bytes: DataView, at: number): void {
  const half = codes.length / 2;
  const middle = 2 ** (bits - 1);
  let fifthBits = 0;
  for (let i = 0; i < half; i++) {
    const [low, high] = [codes[i]! + middle, codes[i + half]! + middle];
    bytes.setUint8(at + (bits === 5 ? 4 : 0) + i, (low & 15) | ((high & 15) << 4));
    fifthBits |= ((low >> 4) << i) | ((high >> 4) << (i + half));
  }
  if (bits === 5) bytes.setUint32(at, fifthBits >>> 0, true);
}
