import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {quantize} from '../../quant/affine/quantize.ts';
import {perAxis} from '../../quant/affine/granularity.ts';
import {gptq as reference} from '../../quant/methods/gptq.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {type Answer, expectAnswer, hessianOf, hiddenError, layer, linear, nearest, qtypeOf, restore} from './inputs.ts';

export const quantizeColumns: Task = {
  name: 'quantizeColumns',
  title: 'Round one column after another',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'each output has a scale from its own largest weight',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [3, 4, 8]) {
          const {weights, calibration} = layer(draw, {outputs: 5, inputs: 16});
          // Rows of unequal size; in some the largest is negative.
          const rows = {...weights, data: weights.data.map((w, i) => w * 2 ** (Math.floor(i / 16) - 2))};
          const {scales} = await answerFor(learner, rows, floats(calibration, 0.01), bits);
          const right = quantize(rows.data, rows.shape, {qtype: qtypeOf(bits), scheme: 'symmetric', granularity: perAxis(0)}).scales;
          right.forEach((scale, i) => (worst = Math.max(worst, Math.abs(scales[i]! / scale - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of a scale',
          message:
            'The scale of an output is the largest magnitude of its own weights over 2^(bits−1) − 1. Choose all scales before the first correction, and let the bits that are asked for decide.',
        };
      },
    },
    {
      name: 'codes take in the errors of the columns before',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        let all = 0;
        for (const bits of [4, 3, 4, 2]) {
          const {weights, calibration} = layer(draw);
          const h = floats(calibration, 0.01);
          const {codes} = await answerFor(learner, weights, h, bits);
          wrong += mismatches(referenceCodes(weights, h, bits), codes);
          all += codes.length;
        }
        return {
          measured: (100 * wrong) / all,
          comparison: '<=',
          threshold: 3,
          unit: '% other codes',
          message:
            'Many codes are not those of error feedback. Round the weight as it is now, not as it was at the start; error = (weight − restored) / U[i][i]; then every column to the right loses error · U[i][j], in the same row.',
        };
      },
    },
    {
      name: 'the output is closer than by rounding each weight for itself',
      points: 2,
      async measure(learner, draw) {
        let [ours, plain] = [0, 0];
        for (const bits of [4, 3, 4, 3, 4, 3]) {
          const one = layer(draw);
          const answer = await answerFor(learner, one.weights, floats(one.calibration, 0.01), bits);
          const baseline = hiddenError(one, nearest(one.weights, bits, 32));
          plain += 1;
          ours += hiddenError(one, restore(answer, one.weights.shape, bits)) / baseline;
        }
        return {
          measured: Math.sqrt(ours / plain),
          comparison: '<=',
          threshold: 0.75,
          unit: '× the output error of rounding to nearest',
          message:
            'On new samples of the same inputs, the layer’s output is hardly closer than with every weight rounded for itself. The corrections must go to columns that are still to come, with the sign that cancels the error.',
        };
      },
    },
    {
      name: 'independent inputs are rounded to the nearest',
      points: 1,
      async measure(learner, draw) {
        const {weights} = layer(draw, {outputs: 6, inputs: 16});
        const h = draw.tensor([16, 16], (d, i) => (i % 17 === 0 ? d.uniform(0.5, 4) : 0));
        const {codes} = await answerFor(learner, weights, h, 4);
        const right = quantize(weights.data, weights.shape, {qtype: qtypeOf(4), scheme: 'symmetric', granularity: perAxis(0)}).codes();
        return {
          measured: (100 * mismatches(right, codes)) / codes.length,
          comparison: '<=',
          threshold: 3,
          unit: '% other codes',
          message:
            'With a diagonal H no input can make up for another: every weight goes to its own nearest grid point. Take corrections from H, do not spread errors blindly.',
        };
      },
    },
    {
      name: 'an output of zeros stays zero',
      points: 1,
      async measure(learner, draw) {
        const {weights, calibration} = layer(draw, {outputs: 4, inputs: 16});
        const zeroed = {...weights, data: weights.data.map((w, i) => (i >= 16 && i < 32 ? 0 : w))};
        const {codes, scales} = await answerFor(learner, zeroed, floats(calibration, 0.01), 4);
        const bad = Array.from(codes).filter((code, i) => i >= 16 && i < 32 && code !== 0).length;
        return {
          measured: bad + (scales[1]! > 0 ? 0 : 1),
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message: 'Where all weights of an output are 0, its scale would be 0, and 0 / 0 is NaN. Take any positive scale there.',
        };
      },
    },
    {
      name: 'weights and Hessian are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {weights, calibration} = layer(draw, {outputs: 3, inputs: 8});
        return unchangedInputs(learner, 'quantizeColumns', weights, floats(calibration, 0.01), 4);
      },
    },
  ],
};

async function answerFor(learner: Learner, weights: TensorData, h: TensorData, bits: number): Promise<Answer> {
  return expectAnswer(await learner.call('quantizeColumns', weights, h, bits), 'quantizeColumns', weights, 1);
}

function floats(x: TensorData, dampening: number): TensorData {
  const {size, data} = hessianOf(x, dampening);
  return {dtype: 'float32', shape: [size, size], data: Float32Array.from(data)};
}

function referenceCodes(weights: TensorData, h: TensorData, bits: number): ArrayLike<number> {
  const square = {size: h.shape[0]!, data: Float64Array.from(h.data)};
  return reference(linear(weights), square, {qtype: qtypeOf(bits), scheme: 'symmetric', dampening: 0}).quantized.codes();
}
