import {expectNumber} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {activations, assortedGrids, intTensor, referenceCodes, referenceGrid} from './inputs.ts';
import type {Grid} from './interface.ts';

export const wastedBits: Task = {
  name: 'wastedBits',
  title: 'Measure the waste in bits',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'it measures what symmetric costs behind a ReLU',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [8, 4, 3]) {
          const {x, max} = activations(draw);
          const grid = referenceGrid(0, max, 'symmetric', bits);
          worst = Math.max(worst, await deviation(learner, referenceCodes(x, grid), grid));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.005,
          unit: 'bits off',
          message:
            'Count the levels of the grid and the levels from the lowest to the highest code in use, both ends included. The waste is the base-2 logarithm of their ratio: of 255 levels, not of 256, on a symmetric grid of 8 bits.',
        };
      },
    },
    {
      name: 'a grid that is used from end to end wastes nothing',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const grid of assortedGrids(draw)) {
          const {qmin, qmax} = grid;
          const codes = draw.shuffle([qmin, qmax, ...Array.from({length: 30}, () => draw.integer(qmin, qmax))]);
          worst = Math.max(worst, await deviation(learner, intTensor([32], codes), grid));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.005,
          unit: 'bits off',
          message:
            'If the codes reach both ends of the grid, no bit is wasted, whether or not every code between appears: the answer is 0. Do not count different codes, and do not count from the zero point.',
        };
      },
    },
    {
      name: 'it counts the levels between the codes in use, wherever they lie',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const grid of assortedGrids(draw)) {
          const {qmin, qmax} = grid;
          const levels = qmax - qmin + 1;
          const low = qmin + draw.integer(1, Math.floor(levels / 8));
          const high = low + draw.integer(Math.floor(levels / 4), Math.floor(levels / 2));
          const codes = draw.shuffle([low, high, ...Array.from({length: 10}, () => draw.integer(low, high))]);
          worst = Math.max(worst, await deviation(learner, intTensor([3, 4], codes), grid));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.005,
          unit: 'bits off',
          message:
            'The codes may lie anywhere on the grid: all below zero, or far from both ends. What counts is highest − lowest + 1 of the codes against qmax − qmin + 1 of the grid.',
        };
      },
    },
    {
      name: 'one code alone uses one level',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const grid of assortedGrids(draw)) {
          const codes = [0, 0, 0, 0, 0].fill(draw.integer(grid.qmin, grid.qmax));
          worst = Math.max(worst, await deviation(learner, intTensor([5], codes), grid));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.005,
          unit: 'bits off',
          message: 'If all codes are the same, one level is in use, not none: levels are counted with both ends, highest − lowest + 1.',
        };
      },
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const grid = assortedGrids(draw)[0]!;
        return unchangedInputs(learner, 'wastedBits', intTensor([4], [3, 60, 9, draw.integer(10, 20)]), {...grid});
      },
    },
  ],
};

/** How far the learner's number is from log2(levels of the grid / levels in use), in bits. */
async function deviation(learner: Learner, codes: TensorData, grid: Grid): Promise<number> {
  const answer = expectNumber(await learner.call('wastedBits', codes, {...grid}), 'the result of wastedBits');
  const used = Math.max(...codes.data) - Math.min(...codes.data) + 1;
  return Math.abs(answer - Math.log2((grid.qmax - grid.qmin + 1) / used));
}
