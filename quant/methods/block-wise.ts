import {countElements, expectValues} from '../formats/shape.ts';
import {type Codebook, codebookTable, nearestCode, nf4} from '../formats/codebook.ts';
import {compressAbsMax, type CompressedAbsMax, restoreAbsMax} from './double-quantization.ts';

export interface BlockWiseOptions {
  /** nf4 without it. */
  readonly codebook?: Codebook;
  /** How many neighbours share an absMax: 64 without it. */
  readonly blockSize?: number;
  /** Quantizes the absMax of the blocks to 8 bits in turn. */
  readonly doubleQuantization?: boolean;
}

/** 4-bit codes and the absMax of each block: x̂ = absMax · codebook[code]. */
export interface BlockWise {
  readonly shape: readonly number[];
  readonly codebook: Codebook;
  readonly blockSize: number;
  /** Two codes to a byte, the first in the upper half, as bitsandbytes packs them. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly absMax: Float32Array<ArrayBuffer> | CompressedAbsMax;
}

/** An absMax below is taken for this: the inverse of a smaller one is no float32 number. */
const leastAbsMax = Math.fround(1e-38);

/**
 * Quantizes values [...shape], row-major, in blocks of neighbours that run on across rows; the last may be shorter. Codes and absMax are bitsandbytes'.
 * Source: Dettmers et al. 2023, QLoRA: Efficient Finetuning of Quantized LLMs, section 3.
 * @throws RangeError at NaN or an infinity, or where there are not as many values as the shape has
 */
export function quantizeBlockWise(values: ArrayLike<number>, shape: readonly number[], options: BlockWiseOptions = {}): BlockWise {
  const {codebook = nf4, blockSize = 64, doubleQuantization = false} = options;
  if (!Number.isInteger(blockSize) || blockSize < 2 || blockSize % 2)
    throw new RangeError(`Expected an even block size, got ${blockSize}; bitsandbytes has 64 to 4096`);
  const x = values instanceof Float32Array ? values : Float32Array.from(values);
  expectValues(x, shape);
  const absMax = new Float32Array(Math.ceil(x.length / blockSize));
  const packed = new Uint8Array(Math.ceil(x.length / 2));
  const table = codebookTable(codebook);
  for (let block = 0; block < absMax.length; block++) {
    const from = block * blockSize;
    const to = Math.min(from + blockSize, x.length);
    const largest = absMaxOf(x, from, to);
    // A short last block is divided, the others are multiplied by the inverse; its absMax has a floor. So in bitsandbytes.
    const isShort = to - from < blockSize;
    absMax[block] = isShort ? Math.max(largest, leastAbsMax) : largest;
    const inverse = Math.fround(1 / Math.max(largest, leastAbsMax));
    for (let i = from; i < to; i++) {
      const code = nearestCode(isShort ? Math.fround(x[i]! / absMax[block]!) : Math.fround(x[i]! * inverse), table);
      packed[i >> 1] = i % 2 === 0 ? code << 4 : packed[i >> 1]! | code;
    }
  }
  // The half byte behind an odd last code stands for zero.
  if (x.length % 2) packed[packed.length - 1] = packed.at(-1)! | nearestCode(0, table);
  return {shape: [...shape], codebook, blockSize, packed, absMax: doubleQuantization ? compressAbsMax(absMax) : absMax};
}

/** absMax · codebook[code], in float32, row-major. */
export function dequantizeBlockWise({shape, codebook, blockSize, packed, absMax}: BlockWise): Float32Array<ArrayBuffer> {
  const values = new Float32Array(countElements(shape));
  const table = Float32Array.from(codebook.values);
  const scales = absMax instanceof Float32Array ? absMax : restoreAbsMax(absMax);
  for (let i = 0; i < values.length; i++) {
    const byte = packed[i >> 1]!;
    values[i] = table[i % 2 === 0 ? byte >> 4 : byte & 15]! * scales[Math.floor(i / blockSize)]!;
  }
  return values;
}

/** Bytes of codes and absMax together, as they lie in memory. */
export function blockWiseBytes({packed, absMax}: BlockWise): number {
  if (absMax instanceof Float32Array) return packed.byteLength + absMax.byteLength;
  return packed.byteLength + absMax.codes.byteLength + absMax.scales.byteLength + 4;
}

function absMaxOf(x: Float32Array, from: number, to: number): number {
  let [largest, sum] = [0, 0];
  for (let i = from; i < to; i++) {
    const magnitude = Math.abs(x[i]!);
    if (magnitude > largest) largest = magnitude;
    sum += magnitude;
  }
  // A sum of finite float32 numbers is finite: one test for the block.
  if (!Number.isFinite(sum)) {
    const at = x.findIndex(value => !Number.isFinite(value));
    throw new RangeError(`Expected finite values, got ${x[at]} at ${at}. Clean the values first.`);
  }
  return largest;
}
