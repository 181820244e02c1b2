import {expectNumber, expectRecord} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import type {Draw} from '../../data/draw.ts';
import type {FixedPoint} from './interface.ts';

export const toFixedPoint: Task = {
  name: 'toFixedPoint',
  title: 'A real number as multiplier and shift',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'it is the number, to nine digits',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const real of reals(draw)) worst = Math.max(worst, Math.abs(valueOf(await answerFor(learner, real)) / real - 1));
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-8,
          unit: 'relative error',
          message:
            'multiplier / 2^31 · 2^shift is not the number, or only roughly. Small numbers need a negative shift, so that the multiplier keeps all its 31 bits; a multiplier of 15 bits, or one that was rounded to float32, is too coarse.',
        };
      },
    },
    {
      name: 'the multiplier is whole and uses its 31 bits',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        // The last rounds up to 2^31, which an int32 cannot hold.
        for (const real of [...reals(draw), 1 - 2 ** -34, 0.25 - 2 ** -37]) if (!isNormal(await answerFor(learner, real))) wrong++;
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'multipliers out of form',
          message:
            'A multiplier is not a whole number from 2^30 to 2^31 − 1, or its shift is not whole. Below 2^30 bits are wasted; 2^31 does not fit into an int32: when rounding reaches it, halve it and raise the shift.',
        };
      },
    },
    {
      name: 'powers of two have the multiplier 2^30',
      points: 1,
      async measure(learner, draw) {
        const exponents = [-draw.integer(8, 20), -draw.integer(1, 7), 0, 1];
        let wrong = 0;
        for (const exponent of exponents) {
          const answer = await answerFor(learner, 2 ** exponent);
          if (!isNormal(answer) || valueOf(answer) !== 2 ** exponent) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'powers of two',
          message:
            'A power of two has the form ½ · 2^shift: its multiplier is 2^30, and its shift one more than its exponent. Rounding the logarithm up gives 2^31 here.',
        };
      },
    },
  ],
};

/** From a millionth to 3, evenly on a logarithmic scale. */
function reals(draw: Draw): number[] {
  return Array.from({length: 12}, (_, i) => 1e-6 * 3e6 ** ((i + draw.uniform()) / 12));
}

async function answerFor(learner: Learner, real: number): Promise<FixedPoint> {
  const {multiplier, shift} = expectRecord(await learner.call('toFixedPoint', real), ['multiplier', 'shift'], 'the result of toFixedPoint');
  return {multiplier: expectNumber(multiplier, 'multiplier'), shift: expectNumber(shift, 'shift')};
}

function valueOf({multiplier, shift}: FixedPoint): number {
  return (multiplier / 2 ** 31) * 2 ** shift;
}

function isNormal({multiplier, shift}: FixedPoint): boolean {
  return Number.isInteger(multiplier) && multiplier >= 2 ** 30 && multiplier < 2 ** 31 && Number.isInteger(shift);
}
