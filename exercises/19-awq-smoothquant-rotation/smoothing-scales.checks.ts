import {expectTensor} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {smoothingScales as reference} from '../../quant/methods/activation-scales.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {type Layer, layer, linear, rowsOnGrid, timesTransposed} from './inputs.ts';

export const smoothingScales: Task = {
  name: 'smoothingScales',
  title: 'SmoothQuant’s scales',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the scales follow the formula at every strength',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const alpha of [0.5, 0, 1, draw.uniform(0.6, 0.9)]) {
          const {weights, calibration} = belowOne(negativeMaxima(layer(draw, {outputs: 16, inputs: 16, weightPower: 0.3})));
          const right = reference(calibration.data, linear(weights), alpha);
          const own = await answerFor(learner, calibration, weights, alpha);
          right.forEach((scale, i) => (worst = Math.max(worst, Math.abs(own[i]! / scale - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of a scale',
          message:
            'A scale is not max|x|^α / max|w|^(1 − α). Both maxima are of magnitudes and run over everything but the inputs: over all samples of x, over all outputs of w.',
        };
      },
    },
    {
      name: 'eight bits for both lose less',
      points: 1,
      async measure(learner, draw) {
        let ratio = 0;
        for (let i = 0; i < 4; i++) {
          const one = layer(draw, {loudness: 60});
          const s = await answerFor(learner, one.calibration, one.weights, 0.5);
          ratio +=
            errorOfBoth(one, s) /
            errorOfBoth(
              one,
              s.map(() => 1),
            ) /
            4;
        }
        return {
          measured: ratio,
          comparison: '<=',
          threshold: 0.6,
          unit: '× the output error without scales',
          message:
            'With activations divided and weights multiplied by your scales, int8 for both is hardly better than without: the difficulty did not move from the loud inputs to the weights.',
        };
      },
    },
    {
      name: 'zeros make no zero and no infinity',
      points: 1,
      async measure(learner, draw) {
        const {weights, calibration} = layer(draw, {outputs: 8, inputs: 16});
        const x = {...calibration, data: calibration.data.map((value, i) => (i % 16 === 3 ? 0 : value))};
        const w = {...weights, data: weights.data.map((value, i) => (i % 16 === 11 ? 0 : value))};
        let bad = 0;
        for (const alpha of [0.5, 0.8]) {
          const s = await answerFor(learner, x, w, alpha);
          bad += [...s].filter(scale => !(scale > 0 && scale < 1e9)).length;
        }
        return {
          measured: bad,
          comparison: '==',
          threshold: 0,
          unit: 'bad scales',
          message:
            'An input that is always 0, or whose weights are all 0, makes a scale of 0 or infinity: weights or activations would be divided by it. Take 1 there, or hold both maxima above a small number.',
        };
      },
    },
    {
      name: 'activations and weights are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {weights, calibration} = layer(draw, {outputs: 3, inputs: 8, samples: 5});
        return unchangedInputs(learner, 'smoothingScales', calibration, weights, 0.5);
      },
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData, w: TensorData, alpha: number): Promise<Float32Array> {
  const answer = await learner.call('smoothingScales', x, w, alpha);
  return Float32Array.from(expectTensor(answer, {what: 'the scales', shape: [x.shape[1]!]}).data);
}

/** The largest magnitudes of half of the inputs are negative. */
function negativeMaxima({weights, calibration, hidden}: Layer): Layer {
  const lowered = (x: TensorData, sign: number): TensorData => ({
    ...x,
    data: x.data.map((value, i) => (i % 2 === 0 ? sign * Math.abs(value) : -sign * Math.abs(value))),
  });
  return {weights: lowered(weights, -1), calibration: lowered(calibration, 1), hidden};
}

/** Half of the inputs have small activations and large weights: at every strength their scales lie far below 1. */
function belowOne({weights, calibration, hidden}: Layer): Layer {
  const times = (x: TensorData, factor: number): TensorData => ({
    ...x,
    data: x.data.map((value, i) => (i % 4 < 2 ? factor * value : value)),
  });
  return {weights: times(weights, 12), calibration: times(calibration, 0.02), hidden};
}

/** The relative output error with 8 bits for both: activations with one scale for all, weights with one for each output. */
function errorOfBoth({weights, hidden}: Layer, s: Float32Array): number {
  const inputs = s.length;
  const divided = {...hidden, shape: [1, hidden.data.length], data: hidden.data.map((value, i) => value / s[i % inputs]!)};
  const multiplied = {...weights, data: weights.data.map((value, i) => value * s[i % inputs]!)};
  const product = timesTransposed({...rowsOnGrid(divided, 8), shape: hidden.shape}, rowsOnGrid(multiplied, 8));
  return relativeError(timesTransposed(hidden, weights), product);
}
