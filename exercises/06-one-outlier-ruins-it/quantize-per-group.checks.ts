import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {withOutlier} from '../../data/outliers.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {
  errorWhere,
  expectQuantized,
  type Held,
  referenceScales,
  scaleDeviation,
  scaleIndex,
  unequalWeights,
  wrongCodes,
  zeroWhere,
} from './inputs.ts';

export const quantizePerGroup: Task = {
  name: 'quantizePerGroup',
  title: 'One scale for each group',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each group of inputs has its own scale in each column',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const {weights, groupSize} of cases(draw)) {
          const {scales} = await answerFor(learner, weights, groupSize);
          worst = Math.max(worst, scaleDeviation(referenceScales(weights, groupSize), scales));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of a scale',
          message:
            'A group’s scale is not the largest magnitude of its own weights over 127. A group is a run of groupSize neighbouring inputs within one column, and groupSize is the caller’s.',
        };
      },
    },
    {
      name: 'codes are the nearest grid points of their group',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const {weights, groupSize} of cases(draw)) {
          const {codes} = await answerFor(learner, weights, groupSize);
          const right = referenceScales(weights, groupSize);
          const at = scaleIndex(weights.shape[1]!, groupSize);
          wrong += wrongCodes(weights.data, codes, i => right[at(i)]!);
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Some codes are not the nearest grid point of their group. After the reshape to groups, the codes must go back to the order of the weights.',
        };
      },
    },
    {
      name: 'an outlier costs only its own group',
      points: 1,
      async measure(learner, draw) {
        const [row, column] = [draw.integer(0, 31), draw.integer(0, 5)];
        const weights = withOutlier(unequalWeights(draw, 32, 6), row, column, draw.uniform(500, 2000));
        const held = await answerFor(learner, weights, 8);
        const isNeighbour = (i: number): boolean => i % 6 === column && Math.floor(i / 48) !== Math.floor(row / 8);
        return {
          measured: errorWhere(weights, held, 8, isNeighbour),
          comparison: '<=',
          threshold: 0.03,
          unit: '× norm of the rest of the column',
          message: 'One huge weight ruins the rest of its column, outside its group. With groups, the damage must end at the group’s edge.',
        };
      },
    },
    {
      name: 'a group of zeros stays zeros with a positive scale',
      points: 1,
      async measure(learner, draw) {
        const column = draw.integer(0, 4);
        const isEmpty = (i: number): boolean => i % 5 === column && Math.floor(i / 5) >= 4 && Math.floor(i / 5) < 8;
        const weights = zeroWhere(unequalWeights(draw, 12, 5), isEmpty);
        const {codes, scales} = await answerFor(learner, weights, 4);
        const bad = Array.from(weights.data.keys()).filter(i => isEmpty(i) && codes[i] !== 0).length;
        return {
          measured: bad + (scales[5 + column]! > 0 ? 0 : 1),
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message:
            'A group of zeros has the largest magnitude 0, and 0 / 0 is NaN. Small groups are all zero quite often: guard each of them.',
        };
      },
    },
    {
      name: 'the weights are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantizePerGroup', unequalWeights(draw, 8, 5), 4),
    },
  ],
};

/** Three sizes, none of them the number of groups or of columns: a transposed reshape shows. */
function cases(draw: Draw): {readonly weights: TensorData; readonly groupSize: number}[] {
  return [
    {weights: unequalWeights(draw, 24, 5), groupSize: 8},
    {weights: unequalWeights(draw, 32, 6), groupSize: 4},
    {weights: unequalWeights(draw, 32, 3), groupSize: 16},
  ];
}

async function answerFor(learner: Learner, weights: TensorData, groupSize: number): Promise<Held> {
  return expectQuantized(await learner.call('quantizePerGroup', weights, groupSize), 'quantizePerGroup', weights, groupSize);
}
