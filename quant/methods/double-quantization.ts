import {linspace} from '../formats/linspace.ts';

/** absMax ≈ table[code] · scale + offset: 8-bit codes, a scale for every 256 of them, one offset for all. */
export interface CompressedAbsMax {
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  /** Their mean, taken off first: absMax is above 0, and the codes are signed. */
  readonly offset: number;
}

/** How many absMax share a scale. */
export const compressedBlockSize = 256;

/** Quantizes the absMax of blocks to 8 bits with a dynamic exponent, as bitsandbytes' compress_statistics. Source: Dettmers et al. 2023, QLoRA, section 3. */
export function compressAbsMax(absMax: Float32Array): CompressedAbsMax {
  const sum = Math.fround(absMax.reduce((sum, value) => sum + value, 0));
  const offset = Math.fround(sum / Math.max(absMax.length, 1));
  const codes = new Uint8Array(absMax.length);
  const scales = new Float32Array(Math.ceil(absMax.length / compressedBlockSize));
  for (let block = 0; block < scales.length; block++) {
    const centred = absMax.slice(block * compressedBlockSize, (block + 1) * compressedBlockSize).map(value => value - offset);
    const scale = centred.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    scales[block] = scale;
    centred.forEach((value, i) => (codes[block * compressedBlockSize + i] = scale === 0 ? 0 : nearest(Math.fround(value / scale))));
  }
  return {codes, scales, offset};
}

/** The absMax again; `codes` may be a piece of all, which begins at code `from`. */
export function restoreAbsMax({codes, scales, offset}: CompressedAbsMax, from = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    codes,
    (code, i) => Math.fround(dynamicTable[code]! * scales[Math.floor((from + i) / compressedBlockSize)]!) + offset,
  );
}

/**
 * The 256 numbers of the signed dynamic 8-bit format, in order: a sign, up to 7 leading zeros for the power of ten, and what bits are left for the
 * fraction. Source: Dettmers 2016, 8-Bit Approximations for Parallelism in Deep Learning; the float32 values of bitsandbytes.
 */
export const dynamicTable = Float32Array.from([0, 1, ...magnitudes(), ...magnitudes().map(value => -value)]).sort();

function magnitudes(): number[] {
  return Array.from({length: 7}, (_, exponentBits) => {
    const edges = linspace(0.1, 1, 2 ** exponentBits);
    const power = Math.fround(10 ** (exponentBits - 6));
    return [...edges.subarray(1)].map((edge, i) => Math.fround(power * Math.fround(Math.fround(edge + edges[i]!) / 2)));
  }).flat();
}

/** The code of the nearest number, the smaller one's where two are equally near. */
function nearest(x: number): number {
  let [low, high] = [0, dynamicTable.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (dynamicTable[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, dynamicTable.length - 1);
  return Math.abs(Math.fround(dynamicTable[next]! - x)) < Math.abs(Math.fround(x - dynamicTable[low]!)) ? next : low;
}
