import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {QTensor} from '../../quant/affine/qtensor.ts';
import {signed} from '../../quant/formats/qtype.ts';
import {gptq as reference} from '../../quant/methods/gptq.ts';
import type {Plain, TensorData} from '../../session/wire/plain.ts';
import {type Answer, expectAnswer, hessianOf, hiddenError, type Layer, layer, linear, nearest, qtypeOf, restore} from './inputs.ts';

interface Options {
  readonly bits: number;
  readonly groupSize: number;
  readonly actOrder: boolean;
}

export const gptq: Task = {
  name: 'gptq',
  title: 'GPTQ with groups and order',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'codes fit their bits, each group has its scale',
      points: 1,
      async measure(learner, draw) {
        let outside = 0;
        for (const [bits, groupSize] of [
          [4, 8],
          [3, 16],
          [2, 8],
        ] as const)
          for (const actOrder of [false, true]) {
            const one = layer(draw, {outputs: 16, inputs: 16, causes: 3, noise: 0.05});
            const {codes, scales} = await answerFor(learner, one, {bits, groupSize, actOrder});
            outside += Array.from(codes).filter(code => code < -(2 ** (bits - 1)) || code >= 2 ** (bits - 1)).length;
            outside += Array.from(scales).filter(scale => !(scale > 0)).length;
          }
        return {
          measured: outside,
          comparison: '==',
          threshold: 0,
          unit: 'codes outside their bits',
          message:
            'A corrected weight can be larger than the largest weight of before: clamp each code to −(2^(bits−1) − 1) … 2^(bits−1) − 1 after rounding. Scales are above 0.',
        };
      },
    },
    {
      name: 'the output error is far below plain groups at 4 bits',
      points: 2,
      measure: async (learner, draw) =>
        below(
          await againstNearest(learner, draw, {bits: 4, groupSize: 8, actOrder: false}),
          'At 4 bits with groups, the output on new samples is not far closer than with every weight rounded for itself. Is H made of the activations that are given? Do errors cross from one group to the next? Does a group’s scale belong to that group?',
        ),
    },
    {
      name: 'and at 3 bits',
      points: 1,
      measure: async (learner, draw) =>
        below(
          await againstNearest(learner, draw, {bits: 3, groupSize: 16, actOrder: false}),
          'At 3 bits with groups of 16, the output is not far closer than by rounding. Do scale and clamp both follow `bits`, and does each group of this size get its own scale?',
        ),
    },
    {
      name: 'the largest inputs are rounded first when asked',
      points: 2,
      async measure(learner, draw) {
        let ratio = 0;
        const rounds = 6;
        for (let i = 0; i < rounds; i++) {
          const options = {bits: i % 2 === 0 ? 4 : 3, groupSize: 8, actOrder: true};
          const one = layer(draw, {unequal: 0.9});
          const restored = restore(await answerFor(learner, one, options), one.weights.shape, options.bits);
          ratio += hiddenError(one, restored) / hiddenError(one, referenceOf(one, options).dequantize()) / rounds;
        }
        return {
          measured: Math.sqrt(ratio),
          comparison: '<=',
          threshold: 1.15,
          unit: '× the output error of the reference',
          message:
            'With actOrder the inputs with the largest diagonal of H come first, while most others are left to make up for their error. Bring H into that order before you factor it, and put each code back at its own input; groups stay neighbours in the original order.',
        };
      },
    },
    {
      name: 'with one group, codes are those of the method in either order',
      points: 1,
      async measure(learner, draw) {
        let [wrong, all] = [0, 0];
        for (const actOrder of [false, true]) {
          const one = layer(draw, {unequal: 0.7});
          const options = {bits: 4, groupSize: 32, actOrder};
          const {codes} = await answerFor(learner, one, options);
          // With −2^(bits−1) among the codes or without it: both are usual.
          wrong += Math.min(...[qtypeOf(4), signed(4)].map(qtype => mismatches(referenceOf(one, options, qtype).codes(), codes)));
          all += codes.length;
        }
        return {
          measured: (100 * wrong) / all,
          comparison: '<=',
          threshold: 5,
          unit: '% other codes',
          message:
            'With a single group nothing is left to choose, but many codes are others. Without actOrder columns go from left to right, with it by the diagonal of H; dampening is 0.01 of the mean of the diagonal.',
        };
      },
    },
    {
      name: 'few samples and dead inputs are survived',
      points: 1,
      async measure(learner, draw) {
        let ratio = 0;
        const rounds = 6;
        for (let round = 0; round < rounds; round++) {
          // Fewer samples than inputs, and some inputs are always 0, as behind a ReLU that never fires.
          const made = layer(draw, {samples: 24, noise: 1});
          const dead = [draw.integer(0, 15), draw.integer(16, 31)];
          const silent = (x: TensorData): TensorData => ({...x, data: x.data.map((value, i) => (dead.includes(i % 32) ? 0 : value))});
          const one = {...made, calibration: silent(made.calibration), hidden: silent(made.hidden)};
          const options = {bits: 4, groupSize: 16, actOrder: round % 2 === 1};
          const restored = restore(await answerFor(learner, one, options), one.weights.shape, options.bits);
          ratio += hiddenError(one, restored) / hiddenError(one, referenceOf(one, options).dequantize()) / rounds;
        }
        return {
          measured: Math.sqrt(ratio),
          comparison: '<=',
          threshold: 1.2,
          unit: '× the output error of the reference',
          message:
            'With fewer samples than inputs, or an input that is always 0, H has no inverse. Dampening (0.01 of the mean of the diagonal) makes it one, and keeps the corrections from growing without bound.',
        };
      },
    },
    {
      name: 'weights and activations are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {weights, calibration} = layer(draw, {outputs: 3, inputs: 8, causes: 2, samples: 20});
        return unchangedInputs(learner, 'gptq', weights, calibration, {bits: 4, groupSize: 4, actOrder: true});
      },
    },
  ],
};

async function answerFor(learner: Learner, {weights, calibration}: Layer, options: Options): Promise<Answer> {
  const value: Plain = await learner.call('gptq', weights, calibration, {...options});
  return expectAnswer(value, 'gptq', weights, weights.shape[1]! / options.groupSize);
}

/** What comes of the toolkit's own GPTQ. */
function referenceOf({weights, calibration}: Layer, {bits, groupSize, actOrder}: Options, qtype = qtypeOf(bits)): QTensor {
  return reference(linear(weights), hessianOf(calibration, 0), {qtype, scheme: 'symmetric', groupSize, actOrder}).quantized;
}

/** The root of the mean of squared errors' ratios over six layers. */
async function againstNearest(learner: Learner, draw: Draw, options: Options): Promise<number> {
  const rounds = 6;
  let ratio = 0;
  for (let i = 0; i < rounds; i++) {
    const one = layer(draw);
    const restored = restore(await answerFor(learner, one, options), one.weights.shape, options.bits);
    ratio += hiddenError(one, restored) / hiddenError(one, nearest(one.weights, options.bits, options.groupSize)) / rounds;
  }
  return Math.sqrt(ratio);
}

function below(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 0.68, unit: '× the output error of plain groups', message};
}
