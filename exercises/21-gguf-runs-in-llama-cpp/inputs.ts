import type {Draw} from '../../data/draw.ts';
import {ggmlType, quantizeGgml} from '../../quant/files/ggml/index.ts';
import {decodeFloat} from '../../quant/formats/float-codes.ts';
import {float16} from '../../quant/formats/float-format.ts';
import type {GgufTensor, MetadataEntry} from './interface.ts';

export const blockSize = 32;

/** The bytes of values as ggml writes them; held to gguf-py's and llama.cpp's by the toolkit's own tests. */
export function inGgml(values: Float32Array, type: 'Q8_0' | 'Q4_0' | 'Q4_K'): Uint8Array {
  return quantizeGgml(values, values.length, ggmlType(type));
}

/** Where values lie in their steps: `usual` far from ties, `betweenScales` where the scale and its float16 copy give neighbouring codes, `beyond` where a code is cut off. */
export type Place = 'usual' | 'betweenScales' | 'beyond';

/**
 * Blocks of Q8_0 or Q4_0 made from their answer. Scales are off a float16 number by 0.5 to 0.8 of half its last place, so that no rounding disputes their
 * bits; usual values lie within 0.4 steps of a grid point, by whichever of the two scales. A step is a magnitude: the sign of what is largest varies.
 */
export function blocks(draw: Draw, type: 'Q8_0' | 'Q4_0', {count, place = 'usual'}: {count: number; place?: Place}): Float32Array {
  const most = type === 'Q8_0' ? 127 : 8;
  const values = new Float32Array(count * blockSize);
  for (let block = 0; block < count; block++) {
    const half = decodeFloat(draw.integer(6, 17) * 1024 + draw.integer(0, 1023), float16);
    const off = draw.pick([-1, 1]) * draw.uniform(0.5, 0.8) * 2 ** -12;
    const step = half * (1 + off);
    // Both signs come in every input; the largest stands at the ends of the first blocks.
    const sign = block % 2 === 0 ? 1 : -1;
    const largest = [0, blockSize - 1][block] ?? draw.integer(0, blockSize - 1);
    for (let i = 0; i < blockSize; i++) {
      const at = block * blockSize + i;
      if (i === largest) values[at] = sign * most * step;
      else if (place === 'betweenScales') values[at] = draw.pick([-1, 1]) * (draw.integer(most - 4, most - 2) + 0.5) * half * (1 + off / 2);
      else if (place === 'beyond') values[at] = -sign * draw.uniform(most - 0.4, most - 0.1) * step;
      else values[at] = (draw.integer(1 - most, most - 1) + draw.uniform(-0.4, 0.4)) * step;
    }
  }
  return values;
}

/** The same blocks with the opposite of the largest value in each of them once more, before or after it. */
export function withTwoExtremes(draw: Draw, values: Float32Array): Float32Array {
  const two = Float32Array.from(values);
  for (let from = 0; from < values.length; from += blockSize) {
    const block = values.subarray(from, from + blockSize);
    const extreme = block.reduce((best, value, i) => (Math.abs(value) > Math.abs(block[best]!) ? i : best), 0);
    two[from + ((extreme + draw.integer(1, blockSize - 1)) % blockSize)] = -block[extreme]!;
  }
  return two;
}

/** Entries of metadata, with letters of one to three bytes. */
export function drawMetadata(draw: Draw, kinds: readonly ('scalar' | 'array')[]): MetadataEntry[] {
  const word = (): string => Array.from({length: draw.integer(2, 9)}, () => draw.pick([...'abcdefghkmnéü▁ßλ'])).join('');
  const many = <T>(make: () => T): T[] => Array.from({length: draw.integer(2, 6)}, make);
  const scalars: MetadataEntry[] = [
    {key: 'general.architecture', type: 'string', value: word()},
    {key: `count.${word()}`, type: 'uint32', value: draw.integer(300, 4_000_000_000)},
    {key: `rate.${word()}`, type: 'float32', value: Math.fround(draw.uniform(0.1, 10_000))},
    {key: `flag.${word()}`, type: 'bool', value: true},
    {key: `other.${word()}`, type: 'bool', value: false},
    {key: 'general.name', type: 'string', value: `▁${word()}`},
  ];
  const arrays: MetadataEntry[] = [
    {key: `pieces.${word()}`, type: 'array', of: 'string', value: many(word)},
    {key: `scores.${word()}`, type: 'array', of: 'float32', value: many(() => Math.fround(draw.normal()))},
    {key: `kinds.${word()}`, type: 'array', of: 'int32', value: many(() => draw.integer(-9, 400))},
  ];
  return [...(kinds.includes('scalar') ? scalars : []), ...(kinds.includes('array') ? arrays : [])];
}

/** Tensors of one to three axes in several formats; one fills whole multiples of 32 bytes, the others do not. */
export function drawTensors(draw: Draw): GgufTensor[] {
  const bytes = (length: number): Uint8Array => Uint8Array.from({length}, () => draw.integer(1, 255));
  const odd = 2 * draw.integer(1, 3) + 1;
  const rows = draw.integer(2, 4) * 2 + 1;
  const all = [
    {name: 'token_embd.weight', shape: [rows, 64], type: 8, bytes: bytes(rows * 2 * 34)},
    {name: 'whole.multiples', shape: [4, 8], type: 0, bytes: bytes(4 * 8 * 4)},
    {name: 'blk.0.attn_norm.weight', shape: [odd], type: 0, bytes: bytes(odd * 4)},
    {name: 'blk.0.ffn_up.weight', shape: [odd, 96], type: 2, bytes: bytes(odd * 3 * 18)},
    {name: 'three.axes', shape: [2, odd, 5], type: 1, bytes: bytes(2 * odd * 5 * 2)},
  ];
  return all.slice(0, draw.integer(4, 5));
}
