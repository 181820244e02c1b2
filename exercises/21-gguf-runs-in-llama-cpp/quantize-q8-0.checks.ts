import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {type Blocks, blocksOf, quantizedBy, zeroBlock} from './bytes.ts';
import {blocks, inGgml} from './inputs.ts';

const blockBytes = 34;

export const quantizeQ8_0: Task = {
  name: 'quantizeQ8_0',
  title: 'Write blocks of Q8_0',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each block begins with its scale as float16',
      points: 2,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q8_0', {count: 7}));
        const swapped = right.scales.map(bits => ((bits & 255) << 8) | (bits >> 8));
        const advice =
          mismatches(swapped, got.scales) === 0
            ? 'The two bytes of each scale are exchanged: GGUF is little-endian, so give setUint16 a `true`.'
            : 'Bytes 0 and 1 of a block are its largest magnitude over 127 in float16, low byte first. A block is 32 neighbours, and each has its own scale.';
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
      name: 'codes are the nearest grid points, in order',
      points: 2,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q8_0', {count: 6}));
        return wrongCodes(
          right,
          got,
          'Bytes 2 to 33 of a block are its 32 codes in order: value / scale, rounded to the nearest, as a signed byte. Nothing is added to a code.',
        );
      },
    },
    {
      name: 'the codes belong to the scale before it was rounded to float16',
      points: 1,
      async measure(learner, draw) {
        const {got, right} = await compared(learner, blocks(draw, 'Q8_0', {count: 6, place: 'betweenScales'}));
        return wrongCodes(
          right,
          got,
          'These values lie where the scale and its float16 copy give neighbouring codes. Lesson 07 divides by the copy; ggml does not, and here the bytes must be ggml’s.',
        );
      },
    },
    {
      name: 'a block of zeros is restored as zeros',
      points: 1,
      measure: (learner, draw) => zeroBlock(learner, draw, 'Q8_0'),
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeQ8_0', blocks(draw, 'Q8_0', {count: 2})),
    },
  ],
};

async function compared(learner: Learner, values: Float32Array): Promise<{got: Blocks; right: Blocks}> {
  const got = await quantizedBy(learner, 'quantizeQ8_0', values, blockBytes);
  return {got, right: blocksOf(inGgml(values, 'Q8_0'), blockBytes)};
}

function wrongCodes(right: Blocks, got: Blocks, message: string): Measurement {
  return {
    measured: mismatches(right.codes, got.codes),
    comparison: '==',
    threshold: 0,
    unit: 'wrong codes',
    message: `Region: the codes. ${message}`,
  };
}
