import {expectTensor} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {type Case, type CaseSize, drawCase} from './inputs.ts';
import {inputRanges, type Pass, type PlainLayer, referenceLayers, runFloat, runQuantized} from './network.ts';

export const correctBias: Task = {
  name: 'correctBias',
  title: 'Correct the biases',
  timeoutMs: 60_000,
  checks: [
    {
      name: 'on hidden digits the scores are right on average',
      points: 2,
      async measure(learner, draw) {
        const {before, after} = await shifts(learner, draw, 3);
        return {
          measured: after.at(-1)! / before.at(-1)!,
          comparison: '<=',
          threshold: 0.35,
          unit: '× the shift before',
          message:
            'The mean of the last layer’s outputs is still off by much of what rounding had shifted it. How far is each output off on average, over the images? That goes into its bias, with the sign that takes it away.',
        };
      },
    },
    {
      name: 'so are the hidden layers',
      points: 1,
      async measure(learner, draw) {
        const {before, after} = await shifts(learner, draw, 3);
        return {
          measured: Math.max(...before.slice(0, -1).map((shift, i) => after[i]! / shift)),
          comparison: '<=',
          threshold: 0.35,
          unit: '× the shift before',
          message:
            'A hidden layer’s sums are still shifted. Every layer has a bias, and every unit its own mean; it is measured before ReLU, where the bias is added.',
        };
      },
    },
    {
      name: 'where nothing is shifted, nothing is corrected',
      points: 1,
      async measure(learner, draw) {
        const {given, layers} = drawQuantized(draw, 16, 16, {});
        const biases = await answer(learner, given, layers);
        const largest = biases.map((bias, i) => {
          const old = given.model[i]!.bias.data;
          const size = Math.hypot(...old);
          return Math.hypot(...Array.from(bias.data, (value, j) => value - old[j]!)) / size;
        });
        return {
          measured: Math.max(...largest),
          comparison: '<=',
          threshold: 0.05,
          unit: 'relative change of a layer’s biases',
          message:
            'With 16 bits almost nothing is shifted, so the biases must almost stay. What you return is the new bias: the old one, corrected.',
        };
      },
    },
    {
      name: 'networks and images are left as they were',
      points: 1,
      async measure(learner, draw) {
        const {given, layers} = drawQuantized(draw, 3, 8, {calibration: 3});
        return unchangedInputs(learner, 'correctBias', ...asArguments(given, layers));
      },
    },
  ],
};

/** Mean shift of the sums of each layer on hidden digits, against the float network: of the quantized one as it is, and with the learner's biases. */
async function shifts(learner: Learner, draw: Draw, weightBits: number): Promise<{before: number[]; after: number[]}> {
  const {given, layers} = drawQuantized(draw, weightBits, 8, {calibration: 25, hidden: 200});
  const biases = await answer(learner, given, layers);
  const {images} = given.hidden;
  const float = runFloat(given.model, images);
  return {
    before: meanShifts(float, runQuantized(layers, images), given),
    after: meanShifts(
      float,
      runQuantized(
        layers.map((layer, i) => ({...layer, bias: biases[i]!})),
        images,
      ),
      given,
    ),
  };
}

/** By layer, the root of the mean square over its units of E[quantized − float]. */
function meanShifts(float: Pass, quantized: Pass, {model, hidden}: Case): number[] {
  const rows = hidden.labels.length;
  return model.map(({bias}, layer) => {
    const units = bias.data.length;
    const means = new Float64Array(units);
    float.sums[layer]!.forEach((value, i) => (means[i % units]! += (quantized.sums[layer]![i]! - value) / rows));
    return Math.sqrt(means.reduce((sum, mean) => sum + mean * mean, 0) / units);
  });
}

function drawQuantized(draw: Draw, weightBits: number, activationBits: number, size: CaseSize): {given: Case; layers: PlainLayer[]} {
  const given = drawCase(draw, size);
  return {given, layers: referenceLayers(given.model, inputRanges(given.model, given.calibration), weightBits, activationBits)};
}

async function answer(learner: Learner, given: Case, layers: readonly PlainLayer[]): Promise<TensorData[]> {
  const biases = await learner.call('correctBias', ...asArguments(given, layers));
  if (!Array.isArray(biases) || biases.length !== layers.length)
    throw new WrongAnswer(`Expected correctBias to return a list of ${layers.length} biases, one for each layer`);
  return layers.map(({bias}, i) => expectTensor(biases[i], {what: `the bias of layer ${i}`, shape: bias.shape, dtype: 'float32'}));
}

/** All calibration images in one batch. */
function asArguments({model, calibration}: Case, layers: readonly PlainLayer[]) {
  const rows = calibration.reduce((sum, {shape}) => sum + shape[0]!, 0);
  const data = Float32Array.from(calibration.flatMap(batch => [...batch.data]));
  const images: TensorData = {dtype: 'float32', shape: [rows, data.length / rows], data};
  return [
    model.map(({kernel, bias}) => ({kernel, bias})),
    layers.map(({codes, scale, bias, input}) => ({codes, scale, bias, input: {...input}})),
    images,
  ] as const;
}
