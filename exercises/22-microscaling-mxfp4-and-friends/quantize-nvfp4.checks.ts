import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {quantizeNvfp4 as reference} from '../../quant/methods/micro-scaling.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {bitsPerWeight, type Blocks, expectBlocks, otherValues, unequalBlocks} from './inputs.ts';

export const quantizeNvfp4: Task = {
  name: 'quantizeNvfp4',
  title: 'Quantize to NVFP4',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'four and a half bits a weight, on real buffers',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([2 * draw.integer(1, 3), 48]);
        return {
          measured: bitsPerWeight(await learner.call('quantizeNvfp4', x), 'quantizeNvfp4', x.data.length),
          comparison: '==',
          threshold: 4.5,
          unit: 'bits per weight',
          message: 'The buffers have another size: two codes share a byte, and 16 weights share one byte of scale.',
        };
      },
    },
    {
      name: 'the tensor’s scale lets the largest block use the largest E4M3 number',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const size of [1e-4, 1, 300]) {
          const x = draw.tensor([3, 32], d => size * d.normal());
          const right = reference(x.data, x.shape).tensorScale;
          worst = Math.max(worst, Math.abs((await answerFor(learner, x)).tensorScale / right - 1));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of the scale',
          message:
            'The tensor’s scale is not its largest magnitude over 448 · 6. Then the largest block’s own scale, (largest / 6) / tensorScale, is just 448.',
        };
      },
    },
    {
      name: 'each block of 16 has its E4M3 scale',
      points: 2,
      async measure(learner, draw) {
        const x = unequalBlocks(draw, 5, 64, 0.5);
        const {scales} = await answerFor(learner, x);
        return {
          measured: mismatches(reference(x.data, x.shape).scales, scales),
          comparison: '==',
          threshold: 0,
          unit: 'wrong scales',
          message:
            'Some scales are not the E4M3 code of (largest magnitude of the block / 6) / tensorScale. A power of two is too coarse here; the division by the tensor’s scale comes before the encoding.',
        };
      },
    },
    {
      name: 'codes are made with the scale as it is stored',
      points: 2,
      async measure(learner, draw) {
        const x = unequalBlocks(draw, 8, 128, 0.5);
        const {codes} = await answerFor(learner, x);
        const right = unpack(reference(x.data, x.shape).codes, {bits: 4, signed: false, length: x.data.length});
        return {
          measured: (100 * otherValues(right, codes)) / codes.length,
          comparison: '<=',
          threshold: 0.5,
          unit: '% wrong codes',
          message:
            'Some codes are not those of the nearest element. Decode each block’s E4M3 scale again and divide by that times the tensor’s scale: the decoder knows no other. With the scale from before its rounding, codes and scale do not belong together.',
        };
      },
    },
    {
      name: 'zeros need no scale',
      points: 1,
      async measure(learner, draw) {
        const zeros = draw.tensor([2, 16], () => 0);
        const partly = draw.tensor([4, 16], (d, i) => (i < 32 ? 0 : d.normal()));
        let bad = 0;
        for (const x of [zeros, partly]) {
          const {codes, tensorScale} = await answerFor(learner, x);
          bad += Array.from(x.data).filter((value, i) => value === 0 && codes[i] !== 0 && codes[i] !== 8).length;
          bad += tensorScale > 0 ? 0 : 1;
        }
        return {
          measured: bad,
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message:
            'In a block of zeros, and in a tensor of zeros, a scale of 0 would make 0 / 0. Take any scale above 0 there; the codes are 0.',
        };
      },
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeNvfp4', draw.tensor([2, 16])),
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData): Promise<Blocks> {
  return expectBlocks(await learner.call('quantizeNvfp4', x), 'quantizeNvfp4', x, 16);
}
