import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {perGroup} from '../../quant/affine/granularity.ts';
import {awq as reference} from '../../quant/methods/activation-scales.ts';
import {hiddenError, type Layer, layer, linear, plainGroups, qtypeOf} from './inputs.ts';

interface Options {
  readonly bits: number;
  readonly groupSize: number;
}

export const awq: Task = {
  name: 'awq',
  title: 'Activation-aware scales',
  timeoutMs: 30_000,
  checks: [
    {
      name: 'codes fit their bits, every scale is above 0',
      points: 1,
      async measure(learner, draw) {
        let bad = 0;
        for (const options of [
          {bits: 4, groupSize: 8},
          {bits: 3, groupSize: 16},
        ]) {
          const {codes, scales, s} = await answerFor(learner, layer(draw, {outputs: 4, inputs: 16}), options);
          const limit = 2 ** (options.bits - 1);
          bad += Array.from(codes).filter(code => code < -limit || code >= limit).length;
          bad += [...scales, ...s].filter(scale => !(scale > 0)).length;
        }
        return {
          measured: bad,
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message:
            'Codes go from −(2^(bits−1) − 1) to 2^(bits−1) − 1 for the bits that are asked for; scales of groups and of inputs are above 0.',
        };
      },
    },
    {
      name: 'the output error is below plain groups at 4 bits',
      points: 2,
      measure: async (learner, draw) =>
        below(
          await worseThan(plainOf, learner, [draw, 6, {bits: 4, groupSize: 16}], () => ({weightPower: 0})),
          'On new samples the output is not much closer than with plain groups. Are the scales from this layer’s own activations? Are the scaled weights rounded, and s returned as it was used? Large activations need large s.',
        ),
    },
    {
      name: 'and at 3 bits',
      points: 1,
      measure: async (learner, draw) =>
        below(
          await worseThan(plainOf, learner, [draw, 6, {bits: 3, groupSize: 8}], () => ({weightPower: -0.5})),
          'At 3 bits with groups of 8, the output is not much closer than with plain groups. Do bits and group size reach the quantizer inside the search?',
        ),
    },
    {
      name: 'the exponent is searched for each layer',
      points: 2,
      async measure(learner, draw) {
        // The best exponent is near 1 in the first kind of layer, in the middle in the second, near 0 in the third.
        const powers = [-1, 0, 0.5];
        return {
          measured: await worseThan(referenceOf, learner, [draw, 6, {bits: 4, groupSize: 16}], i => ({
            weightPower: powers[i % 3]!,
            loud: 4,
          })),
          comparison: '<=',
          threshold: 1.15,
          unit: '× the output error of the reference',
          message:
            'No fixed exponent is right for every layer. Try at least twenty from 0 to 1, measure the error of the layer’s OUTPUT on the activations for each, and keep the one with the least.',
        };
      },
    },
    {
      name: 'an input that is always 0 is survived',
      points: 1,
      async measure(learner, draw) {
        const made = layer(draw, {outputs: 6});
        const dead = draw.integer(0, 31);
        const silent = (x: Layer['hidden']): Layer['hidden'] => ({...x, data: x.data.map((value, i) => (i % 32 === dead ? 0 : value))});
        const one = {...made, calibration: silent(made.calibration), hidden: silent(made.hidden)};
        const restored = restore(await answerFor(learner, one, {bits: 4, groupSize: 16}));
        return {
          measured: Math.sqrt(hiddenError(one, restored) / hiddenError(one, plainGroups(one.weights, 4, 16))),
          comparison: '<=',
          threshold: 1.05,
          unit: '× the output error of plain groups',
          message:
            'An input whose activations are always 0 has the mean 0, and 0 to a power is 0: weights times 0, activations over 0. Give s a least value, for example 1e-4.',
        };
      },
    },
    {
      name: 'weights and activations are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {weights, calibration} = layer(draw, {outputs: 3, inputs: 8, samples: 6});
        return unchangedInputs(learner, 'awq', weights, calibration, {bits: 4, groupSize: 4});
      },
    },
  ],
};

interface Answer {
  readonly shape: readonly number[];
  readonly codes: ArrayLike<number>;
  readonly scales: Float32Array;
  readonly s: Float32Array;
}

async function answerFor(learner: Learner, {weights, calibration}: Layer, options: Options): Promise<Answer> {
  const [outputs, inputs] = weights.shape as [number, number];
  const answer = expectRecord(await learner.call('awq', weights, calibration, {...options}), ['codes', 'scales', 's'], 'the result of awq');
  return {
    shape: weights.shape,
    codes: expectCodes(answer.codes, {what: 'codes', shape: weights.shape}),
    scales: Float32Array.from(expectTensor(answer.scales, {what: 'scales', shape: [outputs, inputs / options.groupSize]}).data),
    s: Float32Array.from(expectTensor(answer.s, {what: 's', shape: [inputs]}).data),
  };
}

/** scale · code / s, computed by the judge. */
function restore({shape, codes, scales, s}: Answer): Float32Array {
  const inputs = shape[1]!;
  const groupSize = codes.length / scales.length;
  return Float32Array.from({length: codes.length}, (_, i) => (codes[i]! * scales[Math.floor(i / groupSize)]!) / s[i % inputs]!);
}

type Baseline = (one: Layer, options: Options) => Float32Array;

const plainOf: Baseline = ({weights}, {bits, groupSize}) => plainGroups(weights, bits, groupSize);

const referenceOf: Baseline = ({weights, calibration}, {bits, groupSize}) => {
  const {quantized, scales} = reference(calibration.data, linear(weights), {
    qtype: qtypeOf(bits),
    scheme: 'symmetric',
    granularity: perGroup(groupSize),
  });
  return quantized.dequantize().map((value, i) => value / scales[i % weights.shape[1]!]!);
};

/** The root of the mean, over some layers, of the learner's squared output error over that of the baseline. */
async function worseThan(
  baseline: Baseline,
  learner: Learner,
  [draw, layers, options]: readonly [Parameters<typeof layer>[0], number, Options],
  kind: (i: number) => Parameters<typeof layer>[1],
): Promise<number> {
  let ratio = 0;
  for (let i = 0; i < layers; i++) {
    const one = layer(draw, kind(i));
    const answer = await answerFor(learner, one, options);
    ratio += hiddenError(one, restore(answer)) / hiddenError(one, baseline(one, options)) / layers;
  }
  return Math.sqrt(ratio);
}

function below(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 0.7, unit: '× the output error of plain groups', message};
}
