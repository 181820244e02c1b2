import {
  type Check,
  expectCodes,
  expectNumber,
  expectRecord,
  expectTensor,
  inNotebook,
  type Learner,
  type Lesson,
  levels,
  maxAbsError,
  meanAbsError,
  mismatches,
  relativeError,
  unchangedInputs,
} from '../../checking/index.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {clearOfTies, map, multiply, reference} from './inputs.ts';

export const lesson: Lesson = {
  slug: '04-int8-from-scratch',
  tasks: [
    {name: 'quantizeInt8', title: 'Quantize to int8', timeoutMs: 10_000, checks: quantizeInt8Checks()},
    {name: 'dequantize', title: 'Restore the values', timeoutMs: 10_000, checks: dequantizeChecks()},
    {name: 'errors', title: 'Measure the error', timeoutMs: 10_000, checks: errorsChecks()},
    {name: 'relativeOutputError', title: 'Measure the error of a layer', timeoutMs: 20_000, checks: relativeOutputErrorChecks()},
  ],
};

export const {check, progress} = inNotebook(lesson);

function quantizeInt8Checks(): Check[] {
  const answerFor = async (learner: Learner, x: TensorData): Promise<{codes: ArrayLike<number>; scale: number}> => {
    const answer = expectRecord(await learner.call('quantizeInt8', x), ['codes', 'scale'], 'the result of quantizeInt8');
    return {codes: expectCodes(answer.codes, {what: 'codes', shape: x.shape}), scale: expectNumber(answer.scale, 'scale')};
  };
  return [
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
  ];
}

function scaleAdvice(ratio: number): string {
  const near = (value: number): boolean => Math.abs(ratio / value - 1) < 2e-3;
  if (near(127 / 128))
    return 'The scale is a little too small, as if 128 steps were there: the codes go from −127 to 127, so each side has 127.';
  if (near(127 / 255) || near(127 / 254))
    return 'The scale is about half of what is needed: the 255 levels lie on both sides of zero, one side has 127 steps.';
  return 'The scale is not the largest magnitude over 127. Does a large negative value count as much as a positive one? Is the fraction the right way round?';
}

function dequantizeChecks(): Check[] {
  const restore = async (learner: Learner, codes: TensorData, scale: number): Promise<TensorData> =>
    expectTensor(await learner.call('dequantize', codes, scale), {what: 'the restored tensor', shape: codes.shape});
  const draftCodes = (draw: Draw, shape: readonly number[]): TensorData => {
    const values = draw.tensor(shape, d => d.integer(-127, 127));
    return {dtype: 'int32', shape, data: Int32Array.from(values.data)};
  };
  return [
    {
      name: 'each value is scale times code',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const scale of [draw.uniform(0.001, 0.01), draw.uniform(0.3, 0.7), draw.uniform(20, 50)]) {
          const codes = draftCodes(draw, [7, 9]);
          const restored = await restore(learner, codes, scale);
          worst = Math.max(worst, maxAbsError(map(codes, code => code * scale).data, restored.data) / scale);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× scale',
          message:
            'A restored value is not scale · code. There is no zero point here, nothing is added, nothing is rounded, and negative codes stay negative.',
        };
      },
    },
    {
      name: 'float32 comes back, in the shape of the codes',
      points: 1,
      async measure(learner, draw) {
        let right = 0;
        const shapes = [[], [1], [3, 4], [2, 3, 2]];
        for (const shape of shapes) {
          const restored = await restore(learner, draftCodes(draw, shape), draw.uniform(0.1, 0.3));
          if (restored.dtype === 'float32') right++;
        }
        return {
          measured: right,
          comparison: '==',
          threshold: shapes.length,
          unit: 'shapes',
          message: 'The restored tensor must be float32: an integer tensor cannot hold scale · code.',
        };
      },
    },
    {
      name: 'a round trip errs by half a step at most',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([300], d => d.normal(0, 0.2));
        const {codes, scale} = reference(x);
        const restored = await restore(learner, codes, scale);
        return {
          measured: maxAbsError(x.data, restored.data) / scale,
          comparison: '<=',
          threshold: 0.55,
          unit: '× scale',
          message:
            'Quantized by us and restored by you, a value is further away than half a step (a little room is left for float32). Each code must land on its own grid point.',
          picture: {
            title: 'Error of each value after a round trip, in steps',
            series: [{label: 'error', x: [...x.data], y: Array.from(x.data, (v, i) => (restored.data[i]! - v) / scale), mark: 'dot'}],
          },
        };
      },
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'dequantize', draftCodes(draw, [5, 4]), draw.uniform(0.1, 0.2)),
    },
  ];
}

function errorsChecks(): Check[] {
  const answerFor = async (learner: Learner, original: TensorData, restored: TensorData): Promise<{max: number; mean: number}> => {
    const answer = expectRecord(await learner.call('errors', original, restored), ['max', 'mean'], 'the result of errors');
    return {max: expectNumber(answer.max, 'max'), mean: expectNumber(answer.mean, 'mean')};
  };
  // The largest distance lies below its original value in one pair and above it in the other: a forgotten absolute value shows.
  const pairs = (draw: Draw): [TensorData, TensorData][] =>
    [-1, 1].map(sign => {
      const original = draw.tensor([5, 12], d => d.normal());
      return [original, map(original, (value, i) => value + (i === 17 ? sign * draw.uniform(0.5, 0.6) : draw.uniform(-0.1, 0.1)))];
    });
  const distance = (name: string, field: 'max' | 'mean', of: typeof maxAbsError, message: string): Check => ({
    name,
    points: 1,
    async measure(learner, draw) {
      let worst = 0;
      for (const [original, restored] of pairs(draw)) {
        const right = of(original.data, restored.data);
        worst = Math.max(worst, Math.abs((await answerFor(learner, original, restored))[field] - right) / right);
      }
      return {measured: worst, comparison: '<=', threshold: 1e-3, unit: `relative deviation of ${field}`, message};
    },
  });
  return [
    distance(
      'max is the largest distance',
      'max',
      maxAbsError,
      'max is not the largest distance. A value that came back too small is as wrong as one that came back too large: take the absolute value first.',
    ),
    distance(
      'mean is the average distance',
      'mean',
      meanAbsError,
      'mean is not the average distance. Without the absolute value errors of both signs cancel; a mean of squares is something else.',
    ),
    {
      name: 'the errors have the unit of the values',
      points: 1,
      async measure(learner, draw) {
        const original = draw.tensor([3, 4, 5]);
        const restored = map(original, value => value + draw.uniform(-0.1, 0.1));
        const factor = draw.pick([128, 256, 512]);
        const small = await answerFor(learner, original, restored);
        const large = await answerFor(
          learner,
          map(original, v => v * factor),
          map(restored, v => v * factor),
        );
        const growth = [large.max / small.max, large.mean / small.mean];
        return {
          measured: Math.max(...growth.map(g => (Number.isFinite(g) ? Math.abs(g / factor - 1) : 1))),
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative deviation of the growth',
          message:
            'When all values are some factor larger, both errors must be larger by that factor. Do not divide by the values, and do not square.',
        };
      },
    },
    {
      name: 'both tensors are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'errors', draw.tensor([4, 5]), draw.tensor([4, 5])),
    },
  ];
}

function relativeOutputErrorChecks(): Check[] {
  /** How far the learner's number is from the reference, as a share of it. */
  const deviation = async (learner: Learner, x: TensorData, weights: TensorData, restored: TensorData): Promise<number> => {
    const answer = expectNumber(await learner.call('relativeOutputError', x, weights, restored), 'the result of relativeOutputError');
    const right = relativeError(multiply(x, weights), multiply(x, restored));
    return Math.abs(answer - right) / right;
  };
  const within = (measured: number, message: string) =>
    ({measured, comparison: '<=', threshold: 0.01, unit: 'relative deviation', message}) as const;
  const restoredFrom = (weights: TensorData): TensorData => {
    const {codes, scale} = reference(weights);
    return map(codes, code => code * scale);
  };
  return [
    {
      name: 'it agrees on a 512×512 layer in int8',
      points: 2,
      async measure(learner, draw) {
        const x = draw.tensor([4, 512]);
        const weights = draw.tensor([512, 512], d => d.uniform(-0.044, 0.044));
        return within(
          await deviation(learner, x, weights, restoredFrom(weights)),
          'On a 512×512 layer your number is not ‖x·W − x·Ŵ‖ / ‖x·W‖. Give it as a fraction, not in percent, and do not forget the root.',
        );
      },
    },
    {
      name: 'it compares outputs, not weights',
      points: 1,
      async measure(learner, draw) {
        // Only a few inputs are large, and exactly their weights are restored badly.
        const x = draw.tensor([6, 24], (d, i) => (i % 24 < 3 ? d.normal(0, 10) : d.normal(0, 0.1)));
        const weights = draw.tensor([24, 10]);
        const restored = map(weights, (w, i) => w + draw.normal(0, i < 30 ? 0.3 : 0.01));
        return within(
          await deviation(learner, x, weights, restored),
          'Inputs weigh the weights: an error in a weight that meets large inputs costs more. Multiply first, then compare the two outputs.',
        );
      },
    },
    {
      name: 'it is relative to the exact output',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([5, 16]);
        const weights = draw.tensor([16, 8]);
        const shrink = draw.uniform(0.4, 0.6);
        return within(
          await deviation(
            learner,
            x,
            weights,
            map(weights, w => w * shrink),
          ),
          'The error is relative to the norm of the exact output x·W, not to that of the restored one, the input or the weights.',
        );
      },
    },
    {
      name: 'it adds squares over the whole output, then takes one root',
      points: 1,
      async measure(learner, draw) {
        // One output column is wrong, and it is a small one: a mean of absolute values or of ratios gives another number.
        const x = draw.tensor([8, 16]);
        const weights = draw.tensor([16, 12], (d, i) => d.normal(0, i % 12 === 5 ? 0.05 : 1));
        const restored = map(weights, (w, i) => (i % 12 === 5 ? -w : w));
        return within(
          await deviation(learner, x, weights, restored),
          'Add the squares of all differences, and take the root once, at the end. A ratio per element explodes where an output is near zero; absolute values without squares are another norm.',
        );
      },
    },
    {
      name: 'its inputs are left as they were',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'relativeOutputError', draw.tensor([3, 6]), draw.tensor([6, 4]), draw.tensor([6, 4])),
    },
  ];
}
