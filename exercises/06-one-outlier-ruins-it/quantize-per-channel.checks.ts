import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {withOutlier} from '../../data/outliers.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {errorWhere, expectQuantized, type Held, referenceScales, scaleDeviation, unequalWeights, wrongCodes, zeroWhere} from './inputs.ts';

export const quantizePerChannel: Task = {
  name: 'quantizePerChannel',
  title: 'One scale for each column',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each column has the scale of its own largest magnitude',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const weights of [unequalWeights(draw, 12, 7), negated(unequalWeights(draw, 9, 9)), unequalWeights(draw, 5, 1)]) {
          const {scales} = await answerFor(learner, weights);
          worst = Math.max(worst, scaleDeviation(referenceScales(weights, weights.shape[0]!), scales));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of a scale',
          message:
            'A column’s scale is not its own largest magnitude over 127. One scale for the whole matrix is per-tensor; one for each row belongs to the inputs, and a column of outputs cannot share it. Large negative weights count, too.',
        };
      },
    },
    {
      name: 'codes are the nearest grid points of their column',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const weights of [unequalWeights(draw, 24, 10), unequalWeights(draw, 8, 8)]) {
          const {codes} = await answerFor(learner, weights);
          const right = referenceScales(weights, weights.shape[0]!);
          wrong += wrongCodes(weights.data, codes, i => right[i % weights.shape[1]!]!);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Some codes are not the nearest grid point of their column. Divide each column by its own scale, then round to the nearest; a scale that differs from the one that made the codes restores nonsense.',
        };
      },
    },
    {
      name: 'an outlier costs only its own column',
      points: 1,
      async measure(learner, draw) {
        const [row, column] = [draw.integer(0, 15), draw.integer(0, 9)];
        const weights = withOutlier(unequalWeights(draw, 16, 10), row, column, draw.pick([-1, 1]) * draw.uniform(500, 2000));
        const held = await answerFor(learner, weights);
        let worst = 0;
        for (let other = 0; other < 10; other++)
          if (other !== column)
            worst = Math.max(
              worst,
              errorWhere(weights, held, 16, i => i % 10 === other),
            );
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.03,
          unit: '× a column’s norm',
          message:
            'After one huge weight in one column, another column comes back wrong. The outlier’s scale must not reach any other column: no scale may be computed from more than one.',
        };
      },
    },
    {
      name: 'the outlier itself comes back',
      points: 1,
      async measure(learner, draw) {
        const value = draw.pick([-1, 1]) * draw.uniform(500, 2000);
        const weights = withOutlier(unequalWeights(draw, 10, 6), 3, 2, value);
        const {codes, scales} = await answerFor(learner, weights);
        return {
          measured: Math.abs((codes[3 * 6 + 2]! * scales[2]!) / value - 1),
          comparison: '<=',
          threshold: 0.01,
          unit: 'relative error of the outlier',
          message:
            'The huge weight was cut off or lost. It may be the weight that matters most: keep it, and let its own column pay for it.',
        };
      },
    },
    {
      name: 'a column of zeros stays zeros with a positive scale',
      points: 1,
      async measure(learner, draw) {
        const empty = draw.integer(0, 4);
        const weights = zeroWhere(unequalWeights(draw, 6, 5), i => i % 5 === empty);
        const {codes, scales} = await answerFor(learner, weights);
        const bad = Array.from(weights.data.keys()).filter(i => i % 5 === empty && codes[i] !== 0).length;
        return {
          measured: bad + (scales[empty]! > 0 ? 0 : 1),
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message:
            'A column of zeros (a pruned unit) has the largest magnitude 0, and 0 / 0 is NaN. Give such a column any positive scale: the guard must work for each column by itself.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizePerChannel', unequalWeights(draw, 4, 5)),
    },
  ],
};

async function answerFor(learner: Learner, weights: TensorData): Promise<Held> {
  return expectQuantized(await learner.call('quantizePerChannel', weights), 'quantizePerChannel', weights, weights.shape[0]!);
}

/** Only negative weights: their largest magnitude is their minimum. */
function negated(weights: TensorData): TensorData {
  return {...weights, data: Float32Array.from(weights.data, value => -Math.abs(value))};
}
