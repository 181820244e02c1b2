import {expectCodes} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {toFixedPoint as fixed} from '../../quant/models/integer/fixed-point.ts';
import {wrongCodes} from './inputs.ts';

export const requantize: Task = {
  name: 'requantize',
  title: 'From int32 sums to int8 codes',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'codes are the nearest, for negative sums as well',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const ratio of [draw.uniform(0.02, 0.05), draw.uniform(0.3, 0.45), draw.uniform(0.001, 0.002)])
          wrong += await mistakes(learner, sums(draw, 100, 100 / ratio), ratio, 0);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'A code is not the nearest whole number of sum · multiplier / 2^31 · 2^shift. A shift to the right alone rounds down: add half of what is shifted out first, and round once only.',
        };
      },
    },
    {
      name: 'large sums do not overflow',
      points: 1,
      async measure(learner, draw) {
        const ratio = draw.uniform(5e-8, 1e-7);
        return {
          measured: await mistakes(learner, sums(draw, 100, 100 / ratio), ratio, 0),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'With sums near the ends of int32 the codes are wrong. Sum times multiplier has up to 62 bits: JavaScript’s >> and | keep 32 of them, and Math.imul, too. BigInt keeps all.',
        };
      },
    },
    {
      name: 'the zero point is added after scaling',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const zeroPoint of [-draw.integer(20, 90), draw.integer(20, 90)]) {
          const ratio = draw.uniform(0.002, 0.01);
          wrong += await mistakes(learner, sums(draw, 80, 30 / ratio), ratio, zeroPoint);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: 'The output’s zero point is a code of the output: it is added once, with a plus, after the sum was scaled and rounded.',
        };
      },
    },
    {
      name: 'codes beyond int8 saturate',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const zeroPoint of [draw.integer(20, 90), -draw.integer(20, 90)]) {
          const ratio = draw.uniform(0.02, 0.05);
          wrong += await mistakes(learner, sums(draw, 100, 600 / ratio), ratio, zeroPoint);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'What does not fit into int8 must stop at −128 or 127, after the zero point was added. Putting it into an Int8Array wraps round: 130 becomes −126, and the brightest becomes the darkest.',
        };
      },
    },
    {
      name: 'the sums are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'requantize', sums(draw, 12, 5000), {...fixed(draw.uniform(0.01, 0.02))}, 3),
    },
  ],
};

/** Evenly spread over −limit … limit. */
function sums(draw: Draw, count: number, limit: number): Int32Array {
  return Int32Array.from({length: count}, () => Math.round(draw.uniform(-limit, limit)));
}

async function mistakes(learner: Learner, given: Int32Array, ratio: number, zeroPoint: number): Promise<number> {
  const answer = await learner.call('requantize', given, {...fixed(ratio)}, zeroPoint);
  return wrongCodes(given, expectCodes(answer, {what: 'the codes', shape: [given.length]}), () => ratio, zeroPoint);
}
