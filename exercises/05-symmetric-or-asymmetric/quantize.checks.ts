import {expectCodes} from '../../checking/expect.ts';
import {mismatches} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {activations, assortedGrids, clearOfTies, rangeOf, referenceCodes, referenceGrid} from './inputs.ts';
import type {Grid} from './interface.ts';

export const quantize: Task = {
  name: 'quantize',
  title: 'Quantize with a zero point',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'codes are the nearest steps, counted from the zero point',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const grid of assortedGrids(draw)) {
          const x = clearOfTies(draw, [12, 10], grid);
          wrong += mismatches(referenceCodes(x, grid).data, await codesFor(learner, x, grid));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'A code is round(x / scale) + zeroPoint: divide, round to the nearest, then shift. The scale is a width in the values’ unit, the zero point a number of codes, so they never meet before the division.',
        };
      },
    },
    {
      name: 'zero gets the zero point',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const grid of assortedGrids(draw)) {
          const codes = await codesFor(
            learner,
            draw.tensor([draw.integer(3, 7)], () => 0),
            grid,
          );
          for (let i = 0; i < codes.length; i++) if (codes[i] !== grid.zeroPoint) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: 'The code of 0 is the zero point, on every grid: that is what it is for. Is it added, and added once?',
        };
      },
    },
    {
      name: 'values outside the range get the code of the nearer end',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const grid of assortedGrids(draw)) {
          const [min, max] = rangeOf(grid);
          // From just outside to so far outside that eight bits would wrap around more than once.
          const beyond = draw.tensor([40], (d, i) => {
            const distance = d.uniform(0.1, 1) * 3 ** (i % 5) * (max - min);
            return i % 2 === 0 ? max + distance : min - distance;
          });
          wrong += mismatches(referenceCodes(beyond, grid).data, await codesFor(learner, beyond, grid));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'A value above the range gets qmax, one below it qmin: clamp the code, after the zero point was added, to the bounds of this grid. A cast to bytes before that wraps around, and a large value becomes a small one.',
        };
      },
    },
    {
      name: 'any shape works, activations too',
      points: 1,
      async measure(learner, draw) {
        const {x, max} = activations(draw);
        const grid = referenceGrid(0, max, 'asymmetric', 8);
        // Moved off the middle between two steps, where rounding is free.
        const clear: TensorData = {
          ...x,
          data: x.data.map(value => {
            const part = value / grid.scale - Math.floor(value / grid.scale);
            return Math.abs(part - 0.5) < 0.05 ? value - 0.1 * grid.scale : value;
          }),
        };
        const inputs = [clear, ...[[], [1], [2, 3, 4]].map(shape => clearOfTies(draw, shape, grid))];
        let wrong = 0;
        for (const input of inputs) wrong += mismatches(referenceCodes(input, grid).data, await codesFor(learner, input, grid));
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message: 'A number alone, a list, three axes or a batch of activations: the shape stays, every element gets its code.',
        };
      },
    },
    {
      name: 'the input is left as it was',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'quantize', draw.tensor([4, 5]), {...assortedGrids(draw)[0]!}),
    },
  ],
};

async function codesFor(learner: Learner, x: TensorData, grid: Grid): Promise<ArrayLike<number>> {
  return expectCodes(await learner.call('quantize', x, {...grid}), {what: 'the codes', shape: x.shape});
}
