import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {maxAbsError, relativeError} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {timesTransposed} from './inputs.ts';

export const foldScales: Task = {
  name: 'foldScales',
  title: 'Fold scales into two layers',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the product is unchanged',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const outputs of [6, 10]) {
          const [gain, bias, w, s] = inputs(draw, outputs, 10);
          const folded = await answerFor(learner, [gain, bias, w, s]);
          const normalized = draw.tensor([20, 10]);
          worst = Math.max(worst, relativeError(through(normalized, {gain, bias, w}), through(normalized, folded)));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: '× the output',
          message:
            'Normalization and layer together no longer give the output of before. What the weights of an input are multiplied by, everything that arrives there must be divided by: the gain and the bias.',
        };
      },
    },
    {
      name: 'each input’s weights are multiplied by its scale',
      points: 1,
      async measure(learner, draw) {
        const [gain, bias, w, s] = inputs(draw, 10, 10);
        const folded = await answerFor(learner, [gain, bias, w, s]);
        return compared(
          relativeError(
            w.data.map((value, i) => value * s.data[i % 10]!),
            folded.w.data,
          ),
          'Column i of w belongs to input i and must be multiplied by s[i]. Rows are outputs. Dividing would move the difficulty the other way.',
        );
      },
    },
    {
      name: 'activations arrive divided by the scales',
      points: 1,
      async measure(learner, draw) {
        const [gain, bias, w, s] = inputs(draw, 4, 10);
        const folded = await answerFor(learner, [gain, bias, w, s]);
        const divided = (x: TensorData): Float32Array => Float32Array.from(x.data, (value, i) => value / s.data[i]!);
        return compared(
          Math.max(maxAbsError(divided(gain), folded.gain.data), maxAbsError(divided(bias), folded.bias.data)),
          'The normalization must give activations divided by s: gain and bias both, each element by its own.',
        );
      },
    },
    {
      name: 'what is given stays as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'foldScales', ...inputs(draw, 3, 5)),
    },
  ],
};

type Inputs = [gain: TensorData, bias: TensorData, w: TensorData, s: TensorData];

function inputs(draw: Draw, outputs: number, size: number): Inputs {
  return [
    draw.tensor([size], d => d.uniform(0.5, 2)),
    draw.tensor([size]),
    draw.tensor([outputs, size]),
    draw.tensor([size], d => d.pick([d.uniform(0.2, 0.7), d.uniform(1.5, 6)])),
  ];
}

interface Both {
  readonly gain: TensorData;
  readonly bias: TensorData;
  readonly w: TensorData;
}

async function answerFor(learner: Learner, given: Inputs): Promise<Both> {
  const answer = expectRecord(await learner.call('foldScales', ...given), ['gain', 'bias', 'w'], 'the result of foldScales');
  const [gain, bias, w] = given;
  return {
    gain: expectTensor(answer.gain, {what: 'gain', shape: gain.shape}),
    bias: expectTensor(answer.bias, {what: 'bias', shape: bias.shape}),
    w: expectTensor(answer.w, {what: 'w', shape: w.shape}),
  };
}

function through(normalized: TensorData, {gain, bias, w}: Both): Float64Array {
  const size = gain.data.length;
  const data = Float32Array.from(normalized.data, (value, i) => value * gain.data[i % size]! + bias.data[i % size]!);
  return timesTransposed({...normalized, data}, w);
}

function compared(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 1e-3, unit: 'deviation', message};
}
