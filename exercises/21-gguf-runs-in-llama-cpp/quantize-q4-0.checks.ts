import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {type Blocks, blocksOf, quantizedBy, zeroBlock} from './bytes.ts';
import {blocks, blockSize, inGgml, withTwoExtremes} from './inputs.ts';

const blockBytes = 18;
const sign = 0x8000;

export const quantizeQ4_0: Task = {
  name: 'quantizeQ4_0',
  title: 'Write blocks of Q4_0',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the scale is the extreme value, sign included, over −8',
      points: 2,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q4_0', {count: 8}));
        const magnitudes = (bits: readonly number[]): number[] => bits.map(code => code & ~sign);
        const advice =
          mismatches(magnitudes(right.scales), magnitudes(got.scales)) === 0
            ? 'Only signs are wrong. The largest magnitude keeps its sign and is divided by −8: where the extreme value is positive, the scale is negative.'
            : 'Find the value of largest magnitude, keep its sign, divide by −8, write it as float16, low byte first. There are 8 steps on the side of that value, not 7.';
        return {
          measured: mismatches(right.scales, got.scales),
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message: `Region: the scales. ${advice}`,
        };
      },
    },
    {
      name: 'of two equally large values the first decides',
      points: 1,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, withTwoExtremes(draw, blocks(draw, 'Q4_0', {count: 12})));
        return {
          measured: mismatches(right.scales, got.scales),
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message:
            'Region: the scales. In these blocks the largest value comes with both signs. Either is as good; ggml takes the one that comes first, so replace what you keep only by something larger.',
        };
      },
    },
    {
      name: 'code i shares its byte with code i + 16',
      points: 2,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q4_0', {count: 24}));
        return {
          measured: misplaced(nibbles(right), nibbles(got)),
          comparison: '==',
          threshold: 0,
          unit: 'misplaced codes',
          message:
            'Region: the codes. Values of one size have different codes, depending on where they stand: so the codes stand in other places. Byte i holds code i in its low half and code i + 16 in its high half; neighbours do not share a byte.',
        };
      },
    },
    {
      name: 'a code is the nearest step, plus 8',
      points: 2,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q4_0', {count: 8}));
        const [wanted, found] = [nibbles(right), nibbles(got)];
        const advice =
          mismatches(
            wanted.map(code => code ^ 8),
            found,
          ) === 0
            ? 'All codes are off by 8: Q4_0 stores no sign. The steps −8 … 7 are stored as 0 … 15.'
            : 'Divide by the scale (which may be negative), round to the nearest, add 8. Cutting off the fraction of value / scale + 8 is rounding down; with 8.5 it is rounding.';
        return {
          measured: mismatches(wanted, found),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: `Region: the codes. ${advice}`,
        };
      },
    },
    {
      name: 'what would be 16 is cut to 15',
      points: 1,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q4_0', {count: 6, place: 'beyond'}));
        return {
          measured: mismatches(nibbles(right), nibbles(got)),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Region: the codes. There are 8 steps on the side of the extreme value, but 7 on the other: a value close to its negative rounds to 16, which four bits cannot hold. Cut it to 15, before it runs over into its neighbour or begins at 0 again.',
        };
      },
    },
    {
      name: 'the codes belong to the scale before it was rounded to float16',
      points: 1,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q4_0', {count: 6, place: 'betweenScales'}));
        return {
          measured: mismatches(nibbles(right), nibbles(got)),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Region: the codes. These values lie where the scale and its float16 copy give neighbouring codes. As in Q8_0, ggml divides by the scale before it is rounded.',
        };
      },
    },
    {
      name: 'a block of zeros is restored as zeros',
      points: 1,
      measure: (learner, draw) => zeroBlock(learner, draw, 'Q4_0'),
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeQ4_0', blocks(draw, 'Q4_0', {count: 2})),
    },
  ],
};

async function compared(learner: Learner, values: Float32Array): Promise<{got: Blocks; right: Blocks}> {
  const got = await quantizedBy(learner, 'quantizeQ4_0', values, blockBytes);
  return {got, right: blocksOf(inGgml(values, 'Q4_0'), blockBytes)};
}

/** The codes in the order of the values, where ggml has them. */
function nibbles({codes}: Blocks): number[] {
  const perBlock = blockSize / 2;
  return Array.from({length: 2 * codes.length}, (_, i) => {
    const byte = codes[Math.floor(i / blockSize) * perBlock + (i % perBlock)]!;
    return i % blockSize < perBlock ? byte & 15 : byte >> 4;
  });
}

/** How many codes are not what most of their kind became: 0 where each right code has one name, whichever that is. */
function misplaced(right: readonly number[], got: readonly number[]): number {
  let count = 0;
  for (const code of new Set(right)) {
    const names = got.filter((_, i) => right[i] === code);
    const most = Math.max(...Array.from({length: 16}, (_, name) => names.filter(other => other === name).length));
    count += names.length - most;
  }
  return count;
}
