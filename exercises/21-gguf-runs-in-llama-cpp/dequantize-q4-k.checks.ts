import {expectFinite} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {dequantizeGgml, ggmlType} from '../../quant/files/ggml/index.ts';
import {isTypedArray} from '../../session/wire/plain.ts';

const [blockSize, blockBytes, subSize] = [256, 144, 32];

export const dequantizeQ4_K: Task = {
  name: 'dequantizeQ4_K',
  title: 'Read blocks of Q4_K',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the codes stand in halves of bytes, 64 values in 32 bytes',
      points: 1,
      measure: (learner, draw) =>
        wrongValues(
          learner,
          equalScales(draw, {scale: 7, min: 0}),
          'Here all eight scales are one number and all minimums are 0: only the codes differ. Sub-blocks 0 and 1 share the first 32 bytes: 0 has their low halves, 1 their high halves; 2 and 3 share the next 32.',
        ),
    },
    {
      name: 'the minimum is taken away, with its own factor',
      points: 1,
      measure: (learner, draw) =>
        wrongValues(
          learner,
          equalScales(draw, {scale: 5, min: 11}),
          'All eight scales are one number here, and all minimums another. value = d · scale · code − dmin · min: d and dmin are two float16 numbers, in bytes 0–1 and 2–3.',
        ),
    },
    {
      name: 'the first four scales and minimums are six bits each',
      points: 2,
      measure: (learner, draw) =>
        wrongValues(
          learner,
          anyBlocks(draw, 2),
          'Sub-blocks 0 to 3: the scale is the low six bits of packed byte j, the minimum the low six bits of byte j + 4. The upper two bits there belong to somebody else.',
          i => i % blockSize < 4 * subSize,
        ),
    },
    {
      name: 'the last four are put together from two places',
      points: 2,
      measure: (learner, draw) =>
        wrongValues(
          learner,
          anyBlocks(draw, 2),
          'Sub-blocks 4 to 7: the low four bits are in packed byte j + 4 (the scale in its low half, the minimum in its high half); the upper two bits are on top of byte j − 4 for the scale, of byte j for the minimum.',
          i => i % blockSize >= 4 * subSize,
        ),
    },
    {
      name: 'a tensor of many blocks is read block by block',
      points: 1,
      measure: (learner, draw) =>
        wrongValues(
          learner,
          anyBlocks(draw, 3),
          'After 144 bytes the next block begins, with its own d, dmin, scales and minimums. d and dmin can be negative, too.',
          i => i >= blockSize,
        ),
    },
    {
      name: 'the bytes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'dequantizeQ4_K', anyBlocks(draw, 1)),
    },
  ],
};

/** Blocks of random bits: any is a valid block but for d and dmin, which are finite numbers here, the second block's negative. */
function anyBlocks(draw: Draw, count: number): Uint8Array {
  const bytes = Uint8Array.from({length: count * blockBytes}, () => draw.integer(0, 255));
  for (let block = 0; block < count; block++) {
    // Between 2^-7 and 2^-5, dmin some twenty times as large: what is taken away is as large as what it is taken from.
    const view = new DataView(bytes.buffer, block * blockBytes);
    const sign = block === 1 ? 0x8000 : 0;
    view.setUint16(0, sign | (draw.integer(8, 9) * 1024 + draw.integer(1, 1023)), true);
    view.setUint16(2, sign | (draw.integer(11, 12) * 1024 + draw.integer(1, 1023)), true);
  }
  return bytes;
}

/** One block whose eight scales are the same, and whose minimums are: below 16, so that they have no upper bits. */
function equalScales(draw: Draw, {scale, min}: {scale: number; min: number}): Uint8Array {
  const bytes = anyBlocks(draw, 1);
  bytes.fill(scale, 4, 8);
  bytes.fill(min, 8, 12);
  bytes.fill(scale | (min << 4), 12, 16);
  return bytes;
}

/** Counts the values that are off by more than a hundredth of d, the smallest difference that a wrong scale or code makes. */
async function wrongValues(
  learner: Learner,
  bytes: Uint8Array,
  message: string,
  counts: (i: number) => boolean = () => true,
): Promise<Measurement> {
  const right = dequantizeGgml(bytes, ggmlType('Q4_K'));
  const got = await learner.call('dequantizeQ4_K', bytes);
  if (!isTypedArray(got) || got.length !== right.length)
    throw new WrongAnswer(
      `Expected a Float32Array of ${right.length} values for ${bytes.length} bytes, 256 for each 144, got ${isTypedArray(got) ? `${got.length} of them` : 'something else'}`,
    );
  expectFinite(got, 'the values');
  let wrong = 0;
  for (let i = 0; i < right.length; i++) {
    const d = stepOf(bytes, Math.floor(i / blockSize));
    if (counts(i) && Math.abs(got[i]! - right[i]!) > d / 100) wrong++;
  }
  return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong values', message};
}

/** |d| of a block. */
function stepOf(bytes: Uint8Array, block: number): number {
  const at = block * blockBytes;
  return Math.abs(dequantizeGgml(bytes.subarray(at, at + 2), ggmlType('F16'))[0]!);
}
