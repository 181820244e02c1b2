import {countElements, expectValues} from '../formats/shape.ts';
import {type Codebook, codebookTable, nearestCode, nf4} from '../formats/codebook.ts';
import {forEachPiece, kernels} from '../kernels/kernels.ts';
import {compressAbsMax, type CompressedAbsMax, restoreAbsMax} from './double-quantization.ts';

/** How `quantizeBlockWise` shares and stores scales; bitsandbytes calls the blocks `blocksize`, the last one `compress_statistics`. */
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
 * @throws RangeError at NaN or an infinity, where the codebook has more than 16 numbers, or where there are not as many values as the shape has
 */
export function quantizeBlockWise(values: ArrayLike<number>, shape: readonly number[], options: BlockWiseOptions = {}): BlockWise {
  const {codebook = nf4, blockSize = 64, doubleQuantization = false} = options;
  if (!Number.isInteger(blockSize) || blockSize < 2 || blockSize % 2)
    throw new RangeError(`Expected an even block size, got ${blockSize}; bitsandbytes has 64 to 4096`);
  if (codebook.values.length > 16)
    throw new RangeError(`Expected a codebook of at most 16 numbers, 4 bits, got ${codebook.values.length} in ${codebook.name}`);
  const x = values instanceof Float32Array ? values : Float32Array.from(values);
  expectValues(x, shape);
  const absMax = new Float32Array(Math.ceil(x.length / blockSize));
  const packed = new Uint8Array(Math.ceil(x.length / 2));
  const order = codebookTable(codebook);
  const {memory, normalize, codebookCodes} = kernels();
  // Behind the codes, from the next multiple of 16 on: the table, then the absMax.
  const tableAt = (length: number): number => Math.ceil(length / 32) * 16;
  const room = (length: number): number => tableAt(length) + 128 + Math.ceil(length / blockSize) * 4;
  forEachPiece(x, blockSize, room, ({from, length, x, out}) => {
    const table = out + tableAt(length);
    new Float32Array(memory.buffer, table, 16).fill(Infinity).set(order.middles);
    new Uint8Array(memory.buffer, table + 64, 16).set(order.codes);
    // A short last block is divided, the others are multiplied by the inverse; its absMax has a floor. So in bitsandbytes.
    normalize(x, length, blockSize, leastAbsMax, table + 128);
    codebookCodes(x, length, table, table + 64, out);
    absMax.set(new Float32Array(memory.buffer, table + 128, Math.ceil(length / blockSize)), from / blockSize);
    packed.set(new Uint8Array(memory.buffer, out, Math.ceil(length / 2)), from / 2);
  });
  // The half byte behind an odd last code stands for zero.
  if (x.length % 2) packed[packed.length - 1] = (packed.at(-1)! & 0xf0) | nearestCode(0, order);
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
