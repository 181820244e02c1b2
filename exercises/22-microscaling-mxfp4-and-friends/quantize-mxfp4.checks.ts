import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {quantizeMx} from '../../quant/methods/micro-scaling.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {bitsPerWeight, type Blocks, expectBlocks, otherValues, unequalBlocks} from './inputs.ts';

export const quantizeMxfp4: Task = {
  name: 'quantizeMxfp4',
  title: 'Quantize to MXFP4',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'four and a quarter bits a weight, on real buffers',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([draw.integer(2, 5), 96]);
        return {
          measured: bitsPerWeight(await learner.call('quantizeMxfp4', x), 'quantizeMxfp4', x.data.length),
          comparison: '==',
          threshold: 4.25,
          unit: 'bits per weight',
          message: 'The buffers have another size: two codes share a byte, and 32 weights share one byte of scale.',
        };
      },
    },
    {
      name: 'each block has the power of two of its largest magnitude',
      points: 2,
      async measure(learner, draw) {
        let [wrong, sum] = [0, 0];
        for (const x of [unequalBlocks(draw, 6, 64, 2), draw.tensor([96], d => -d.uniform(0.1, 9))]) {
          const {scales} = await answerFor(learner, x);
          const right = quantizeMx(x.data, x.shape).scales;
          wrong += mismatches(right, scales);
          right.forEach((byte, i) => (sum += scales[i]! - byte));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message: `Some scales are not ⌊log2 of the largest magnitude⌋ − 2, plus 127. ${scaleAdvice(wrong === 0 ? 0 : sum / wrong)}`,
        };
      },
    },
    {
      name: 'a largest magnitude on a power of two, or just below, is no trap',
      points: 1,
      async measure(learner, draw) {
        const exponents = draw.shuffle(Array.from({length: 12}, (_, i) => 2 * i - 11));
        const below = 1 - 2 ** -24;
        const x = draw.tensor([24, 32], (d, i) => {
          const block = Math.floor(i / 32);
          const top = 2 ** exponents[block % 12]! * (block < 12 ? 1 : below);
          return i % 32 === 5 ? -top : d.uniform(-0.9, 0.9) * top;
        });
        const {scales} = await answerFor(learner, x);
        return {
          measured: mismatches(quantizeMx(x.data, x.shape).scales, scales),
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message:
            'For 8 the exponent is 3, for the float32 just below 8 it is 2. Where a logarithm is computed in float32, log(8) / log(2) is not exactly 3: take Math.log2 of a plain number, or read the exponent’s bits.',
        };
      },
    },
    {
      name: 'codes are the nearest elements, the first in the lower half of its byte',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        let swapped = 0;
        for (const x of [unequalBlocks(draw, 4, 64), draw.tensor([2, 3, 32], d => d.uniform(-2, 1))]) {
          const {codes} = await answerFor(learner, x);
          const right = unpack(quantizeMx(x.data, x.shape).codes, {bits: 4, signed: false, length: x.data.length});
          wrong += otherValues(right, codes);
          swapped += otherValues(
            right,
            Array.from(codes, (_, i) => codes[i ^ 1]!),
          );
        }
        const advice =
          wrong > 0 && swapped === 0
            ? 'With the halves of each byte exchanged they would be right: the first code belongs into the lower four bits.'
            : 'Divide each value by its own block’s scale, then encode; what is then still above 6 saturates.';
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: `Some codes are not those of the nearest element. ${advice}`,
        };
      },
    },
    {
      name: 'blocks of zeros, of huge and of tiny values',
      points: 1,
      async measure(learner, draw) {
        const sizes = [0, 1e30, 1e-30, 0, 1];
        const x = draw.tensor([5, 32], (d, i) => sizes[Math.floor(i / 32)]! * d.pick([-1, 1]) * d.uniform(0.2, 3));
        const {codes, scales} = await answerFor(learner, x);
        const right = quantizeMx(x.data, x.shape);
        const bytes = Array.from(scales).filter((byte, i) => sizes[i] !== 0 && byte !== right.scales[i]).length;
        // 255 is the scales' NaN.
        const nan = Array.from(scales).filter(byte => byte === 255).length;
        return {
          measured: bytes + nan + otherValues(unpack(right.codes, {bits: 4, signed: false, length: 160}), codes),
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales and codes',
          message:
            'A block of zeros has no logarithm: take any scale there, with codes 0. And 2 to the power −100 or +100 is no problem for a scale: nothing may be added to small values or cut from large ones. The byte 255 stands for NaN.',
        };
      },
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeMxfp4', draw.tensor([2, 32])),
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData): Promise<Blocks> {
  return expectBlocks(await learner.call('quantizeMxfp4', x), 'quantizeMxfp4', x, 32);
}

/** @param offset by how much the wrong scales are too large on average */
function scaleAdvice(offset: number): string {
  if (Math.abs(offset - 2) < 0.01) return 'They are too large by 2: the largest element, 6, has the exponent 2 already.';
  if (Math.abs(offset - 1) < 0.01) return 'They are too large by 1: go down to the next whole exponent, not up.';
  return 'Does each block of 32 have its own? Does a large negative value count as much as a positive one?';
}
