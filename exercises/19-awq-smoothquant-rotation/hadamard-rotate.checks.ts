import {expectTensor} from '../../checking/expect.ts';
import {maxAbsError, relativeError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {layer, rowsOnGrid, timesTransposed} from './inputs.ts';

export const hadamardRotate: Task = {
  name: 'hadamardRotate',
  title: 'Rotate by a Hadamard matrix',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'the product is unchanged',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const inputs of [2, 16, 64]) {
          const [x, w] = [draw.tensor([7, inputs]), draw.tensor([5, inputs])];
          worst = Math.max(
            worst,
            relativeError(timesTransposed(x, w), timesTransposed(await answerFor(learner, x), await answerFor(learner, w))),
          );
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: '× the product',
          message:
            'With activations and weights rotated alike, x·wᵀ must come out as before. A rotation keeps lengths: after log2(n) rounds of sums and differences everything is √n times too large.',
        };
      },
    },
    {
      name: 'one value is spread evenly over its whole row',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const inputs of [4, 32]) {
          const size = draw.uniform(2, 9);
          const x = draw.tensor([inputs, inputs], (_, i) => (i % (inputs + 1) === 0 ? size : 0));
          const rotated = await answerFor(learner, x);
          const even = new Float32Array(inputs * inputs).fill(size / Math.sqrt(inputs));
          worst = Math.max(worst, maxAbsError(even, rotated.data.map(Math.abs)) / size);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: '× the value',
          message:
            'A single large value must arrive at every place of its row with the same magnitude, value / √n, with some sign. That takes all log2(n) rounds, over the last axis.',
        };
      },
    },
    {
      name: 'four bits for both lose less on loud inputs',
      points: 1,
      async measure(learner, draw) {
        let ratio = 0;
        for (let i = 0; i < 4; i++) {
          const {weights, hidden} = layer(draw, {outputs: 8, inputs: 128, loud: 2, loudness: 20, samples: 1});
          const exact = timesTransposed(hidden, weights);
          const onGrid = (x: TensorData, w: TensorData): number =>
            relativeError(exact, timesTransposed(rowsOnGrid(x, 4), rowsOnGrid(w, 4)));
          ratio += onGrid(await answerFor(learner, hidden), await answerFor(learner, weights)) / onGrid(hidden, weights) / 4;
        }
        return {
          measured: ratio,
          comparison: '<=',
          threshold: 0.8,
          unit: '× the output error without rotation',
          message:
            'With 4 bits for activations and weights, the output is hardly closer than without rotation: the loud inputs still set the scale of their row.',
        };
      },
    },
    {
      name: 'rows do not mix, and any power of two works',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const inputs of [1, 8, 128]) {
          const x = draw.tensor([3, inputs]);
          const alone = {...x, shape: [1, inputs], data: x.data.slice(inputs, 2 * inputs)};
          const [all, one] = [await answerFor(learner, x), await answerFor(learner, alone)];
          worst = Math.max(worst, maxAbsError(one.data, all.data.slice(inputs, 2 * inputs)));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'deviation',
          message:
            'A row must be rotated alike whether it comes alone or with others. Each sample is rotated for itself, along its inputs.',
        };
      },
    },
    {
      name: 'the values are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'hadamardRotate', draw.tensor([3, 8])),
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData): Promise<TensorData> {
  return expectTensor(await learner.call('hadamardRotate', x), {what: 'the rotated tensor', shape: x.shape});
}
