import {expectBytes, expectNumber, expectRecord} from '../../checking/expect.ts';
import {bitsPerValue, byteLength, mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {compressAbsMax, type CompressedAbsMax, restoreAbsMax} from '../../quant/methods/double-quantization.ts';
import {expectNumbers} from './inputs.ts';

/** How many absMax: whole runs of 256 and not. */
const lengths = [1024, 300, 77] as const;

export const doubleQuantize: Task = {
  name: 'doubleQuantize',
  title: 'Quantize the absMax, too',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'under 4.13 bits a weight, on real buffers',
      points: 1,
      async measure(learner, draw) {
        const [blocks, blockSize] = [1024, 64];
        const {codes, scales} = expectRecord(
          await learner.call('doubleQuantize', largest(draw, blocks)),
          ['codes', 'scales', 'offset'],
          'the result of doubleQuantize',
        );
        // The offset is one float32 number, whatever JavaScript holds it in.
        const bytes = byteLength(codes, 'codes') + byteLength(scales, 'scales') + 4;
        return {
          measured: 4 + bitsPerValue(bytes, blocks * blockSize),
          comparison: '<=',
          threshold: 4.13,
          unit: 'bits per weight',
          message:
            'The buffers are too large. Each absMax gets one byte, every 256 of them share one float32 number, and all share one offset.',
        };
      },
    },
    {
      name: 'the offset is the mean',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const length of lengths) {
          const absMax = largest(draw, length);
          const {offset} = await answerFor(learner, absMax);
          worst = Math.max(worst, Math.abs(offset / compressAbsMax(absMax).offset - 1));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-4,
          unit: 'relative error of the offset',
          message:
            'The offset is not the mean of all absMax. All of them are above 0: without the mean taken off, half of the signed codes would never be used.',
        };
      },
    },
    {
      name: 'each 256 have their largest distance from the mean',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const length of lengths) {
          const absMax = largest(draw, length);
          const right = compressAbsMax(absMax).scales;
          const {scales} = await answerFor(learner, absMax);
          right.forEach((scale, i) => (worst = Math.max(worst, Math.abs(scales[i]! / scale - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of a scale',
          message:
            'A scale is not the largest |absMax − mean| of its 256. First subtract the mean, then look for the largest magnitude; the last run may be shorter than 256, and it counts itself only.',
        };
      },
    },
    {
      name: 'codes are places of the nearest number in the table',
      points: 2,
      async measure(learner, draw) {
        let [wrong, all] = [0, 0];
        for (const length of lengths) {
          const absMax = largest(draw, length);
          wrong += mismatches(compressAbsMax(absMax).codes, (await answerFor(learner, absMax)).codes);
          all += length;
        }
        return {
          measured: (100 * wrong) / all,
          comparison: '<=',
          threshold: 1,
          unit: '% wrong codes',
          message:
            'Some codes are not those that bitsandbytes gives. (absMax − mean) / scale lies between −1 and 1: take the place of the number of dynamic8 that is nearest to it, not the one below, and no rounding to equal steps.',
        };
      },
    },
    {
      name: 'where all are alike, nothing is divided by zero',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        // Halves and whole numbers: their mean is exact.
        for (const value of [0.5, draw.integer(1, 5)]) {
          const absMax = new Float32Array(64).fill(value);
          const restored = restoreAbsMax(await answerFor(learner, absMax));
          restored.forEach(found => (worst = Math.max(worst, Math.abs(found / value - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of an absMax',
          message:
            'Blocks that are all alike have no distance from their mean: the scale is 0, and 0 / 0 is NaN. Codes and scale must still give back the mean.',
        };
      },
    },
    {
      name: 'the absMax are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'doubleQuantize', largest(draw, 40)),
    },
  ],
};

/** Largest magnitudes of blocks: in every second run of 256 the one furthest from the mean lies below it. */
function largest(draw: Draw, length: number): Float32Array {
  const size = draw.uniform(0.01, 3);
  return Float32Array.from({length}, (_, i) => {
    const run = Math.floor(i / 256);
    return size * (3 + 0.1 * run + (run % 2 === 0 ? 1 : -1) * Math.abs(draw.normal(0, 0.6)));
  });
}

async function answerFor(learner: Learner, absMax: Float32Array): Promise<CompressedAbsMax> {
  const answer = expectRecord(await learner.call('doubleQuantize', absMax), ['codes', 'scales', 'offset'], 'the result of doubleQuantize');
  return {
    codes: Uint8Array.from(expectBytes(answer.codes, {what: 'codes', length: absMax.length, why: 'one byte for each absMax'})),
    scales: Float32Array.from(expectNumbers(answer.scales, 'scales', Math.ceil(absMax.length / 256))),
    offset: expectNumber(answer.offset, 'offset'),
  };
}
