import {maxAbsError} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {nf4} from '../../quant/formats/codebook.ts';
import {expectNumbers, nf4Tail, normalFloatReference} from './inputs.ts';

export const normalFloat: Task = {
  name: 'normalFloat',
  title: 'The numbers of NF4 from quantiles',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'four bits give the published numbers',
      points: 2,
      async measure(learner) {
        const own = await answerFor(learner, 4, nf4Tail);
        return {
          ...within(
            maxAbsError(nf4.values, own),
            'With NF4’s tail, your 16 numbers are not those that bitsandbytes has. Above zero are eight quantiles, below zero seven: both sides begin at the tail and go in equal steps of PROBABILITY towards a half.',
          ),
          picture: {
            title: 'Your numbers by code',
            series: [{label: 'your numbers', x: Array.from(own, (_, code) => code), y: Array.from(own), mark: 'dot'}],
          },
        };
      },
    },
    {
      name: 'other widths and tails follow the same rule',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of draw.shuffle([3, 4, 5])) {
          const tail = draw.pick([draw.uniform(0.93, 0.955), draw.uniform(0.978, 0.995)]);
          worst = Math.max(worst, maxAbsError(normalFloatReference(bits, tail), await answerFor(learner, bits, tail)));
        }
        return within(
          worst,
          'For other bits or another tail the numbers are wrong. 2^(bits − 1) quantiles lie above zero, one fewer below; the first probability is the tail that was given.',
        );
      },
    },
    {
      name: 'zero is one of the numbers, −1 and 1 are the ends',
      points: 1,
      async measure(learner, draw) {
        let missing = 0;
        for (const bits of [2, 3, 4]) {
          const own = Array.from(await answerFor(learner, bits, draw.uniform(0.95, 0.98)));
          missing += [-1, 0, 1].filter(wanted => !own.some(value => Math.abs(value - wanted) < 1e-6)).length;
        }
        return {
          measured: missing,
          comparison: '==',
          threshold: 0,
          unit: 'missing numbers',
          message:
            'A weight of exactly 0 must stay 0, so 0 must be one of the numbers; and divided by its block’s largest magnitude, a weight is at most 1: divide all quantiles by the largest.',
        };
      },
    },
  ],
};

async function answerFor(learner: Learner, bits: number, tail: number): Promise<ArrayLike<number>> {
  return expectNumbers(await learner.call('normalFloat', bits, tail), 'the result of normalFloat', 2 ** bits);
}

function within(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 1e-3, unit: 'largest deviation', message};
}
