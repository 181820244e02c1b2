import {expectCodes, expectNumber, expectRecord} from '../../checking/expect.ts';
import {levels, mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {clearOfTies, reference} from './inputs.ts';

export const quantizeInt8: Task = {
  name: 'quantizeInt8',
  title: 'Quantize to int8',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the scale is the largest magnitude over 127',
      points: 1,
      async measure(learner, draw) {
        // In the first the largest magnitude is negative, in the second everything is, in the third it is positive.
        const inputs = [
          draw.tensor([6, 8], (d, i) => (i === 11 ? -d.uniform(3, 4) : d.uniform(-1, 2))),
          draw.tensor([40], d => -d.uniform(0.2, 1)),
          draw.tensor([30], (d, i) => (i === 7 ? d.uniform(5, 6) : d.normal())),
        ];
        let worst = 0;
        let got = 1;
        for (const x of inputs) {
          const ratio = (await answerFor(learner, x)).scale / reference(x).scale;
          if (Math.abs(ratio - 1) > worst) [worst, got] = [Math.abs(ratio - 1), ratio];
        }
        return {measured: worst, comparison: '<=', threshold: 1e-3, unit: 'relative error of the scale', message: scaleAdvice(got)};
      },
    },
    {
      name: 'codes are the nearest grid points',
      points: 2,
      async measure(learner, draw) {
        const inputs = [clearOfTies(draw, [12, 16], d => d.normal(0, 0.3)), clearOfTies(draw, [50], d => d.uniform(-5, 1))];
        let wrong = 0;
        let low = 0;
        for (const x of inputs) {
          const {codes} = await answerFor(learner, x);
          const {data} = reference(x).codes;
          wrong += mismatches(data, codes);
          for (let i = 0; i < data.length; i++) if (codes[i] === data[i]! - 1) low++;
        }
        const advice =
          low > 0.8 * wrong
            ? 'The wrong codes are one too low: floor goes down, it does not go to the nearest.'
            : 'Divide by the scale, then round to the nearest whole number; clamp after that, and to the codes’ own bounds.';
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: `Some codes are not the nearest grid point. ${advice}`,
        };
      },
    },
    {
      name: 'all 255 levels are used',
      points: 1,
      async measure(learner, draw) {
        const end = draw.uniform(0.5, 4);
        const ramp = clearOfTies(draw, [2001], (_, i) => ((i - 1000) / 1000) * end);
        const {codes} = await answerFor(learner, ramp);
        return {
          measured: levels(codes),
          comparison: '==',
          threshold: 255,
          unit: 'levels',
          message:
            'Evenly spread values should reach every code from −127 to 127 and none beyond. Fewer levels are a coarser grid than int8; 256 means that −128 or 128 is used.',
          picture: {
            title: 'Codes (upward) of evenly spread values',
            series: [{label: 'your codes', x: [...ramp.data], y: Array.from(codes), mark: 'line'}],
          },
        };
      },
    },
    {
      name: 'zeros stay zeros and the scale stays positive',
      points: 1,
      async measure(learner, draw) {
        const zeros = draw.tensor([3, draw.integer(2, 6)], () => 0);
        const {codes, scale} = await answerFor(learner, zeros);
        return {
          measured: Array.from(codes).filter(code => code !== 0).length + (scale > 0 ? 0 : 1),
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message: 'For a tensor of zeros the largest magnitude is 0, and 0 / 0 is NaN. Choose any positive scale then, for example 1.',
        };
      },
    },
    {
      name: 'any shape and any magnitude works',
      points: 1,
      async measure(learner, draw) {
        const inputs = [
          clearOfTies(draw, [], d => -d.uniform(1, 2)),
          clearOfTies(draw, [1], d => d.uniform(1, 2)),
          clearOfTies(draw, [2, 3, 4], d => d.normal()),
          clearOfTies(draw, [20], d => d.normal(0, 1e-6)),
          clearOfTies(draw, [20], d => d.normal(0, 1e6)),
        ];
        let wrong = 0;
        for (const x of inputs) wrong += mismatches(reference(x).codes.data, (await answerFor(learner, x)).codes);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'A number alone, three axes, very small or very large values: the largest magnitude must get code ±127 in all of them. A constant that is added to the scale drowns small values.',
        };
      },
    },
    {
      name: 'the input is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizeInt8', draw.tensor([4, 5])),
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData): Promise<{codes: ArrayLike<number>; scale: number}> {
  const answer = expectRecord(await learner.call('quantizeInt8', x), ['codes', 'scale'], 'the result of quantizeInt8');
  return {codes: expectCodes(answer.codes, {what: 'codes', shape: x.shape}), scale: expectNumber(answer.scale, 'scale')};
}

function scaleAdvice(ratio: number): string {
  const near = (value: number): boolean => Math.abs(ratio / value - 1) < 2e-3;
  if (near(127 / 128))
    return 'The scale is a little too small, as if 128 steps were there: the codes go from −127 to 127, so each side has 127.';
  if (near(127 / 255) || near(127 / 254))
    return 'The scale is about half of what is needed: the 255 levels lie on both sides of zero, one side has 127 steps.';
  return 'The scale is not the largest magnitude over 127. Does a large negative value count as much as a positive one? Is the fraction the right way round?';
}
