import {expectTensor} from '../../checking/expect.ts';
import {maxAbsError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {activations, assortedGrids, intTensor, referenceCodes, referenceGrid} from './inputs.ts';
import type {Grid} from './interface.ts';

export const dequantize: Task = {
  name: 'dequantize',
  title: 'Restore the values',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each value is scale times (code − zero point)',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const grid of assortedGrids(draw)) {
          const codes = draftCodes(draw, [7, 9], grid);
          const restored = await restore(learner, codes, grid);
          const right = Array.from(codes.data, code => grid.scale * (code - grid.zeroPoint));
          worst = Math.max(worst, maxAbsError(right, restored.data) / grid.scale);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× scale',
          message:
            'A restored value is scale · (code − zeroPoint). The zero point is a code: take it away from the code before you multiply. scale · code + zeroPoint adds a number of codes to a value.',
        };
      },
    },
    {
      name: 'the zero point comes back as exactly 0',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const grid of assortedGrids(draw)) {
          const {data} = await restore(learner, intTensor([4], [0, 0, 0, 0].fill(grid.zeroPoint)), grid);
          wrong += data.filter(value => value !== 0).length;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'values that are not 0',
          message:
            'Zero does not come back as exactly 0. A small rest is not small: half of all activations are zeros, and each of them would bring it along.',
        };
      },
    },
    {
      name: 'float32 comes back, in the shape of the codes',
      points: 1,
      async measure(learner, draw) {
        const grids = assortedGrids(draw);
        const shapes = [[], [1], [3, 4], [2, 3, 2]];
        let right = 0;
        for (const [i, shape] of shapes.entries())
          if ((await restore(learner, draftCodes(draw, shape, grids[i]!), grids[i]!)).dtype === 'float32') right++;
        return {
          measured: right,
          comparison: '==',
          threshold: shapes.length,
          unit: 'shapes',
          message: 'The restored tensor must be float32: whole numbers cannot hold scale · (code − zeroPoint).',
        };
      },
    },
    {
      name: 'activations come back within half a step',
      points: 1,
      async measure(learner, draw) {
        const {x, max} = activations(draw);
        const grid = referenceGrid(-0.2 * max, max, 'asymmetric', 8);
        const restored = await restore(learner, referenceCodes(x, grid), grid);
        return {
          measured: maxAbsError(x.data, restored.data) / grid.scale,
          comparison: '<=',
          threshold: 0.55,
          unit: '× scale',
          message:
            'Quantized by us and restored by you, an activation is further away than half a step (a little room is left for float32). Each code must land on its own grid point.',
          picture: {
            title: 'Error of each activation after a round trip, in steps',
            series: [{label: 'error', x: [...x.data], y: Array.from(x.data, (v, i) => (restored.data[i]! - v) / grid.scale), mark: 'dot'}],
          },
        };
      },
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const grid = assortedGrids(draw)[0]!;
        return unchangedInputs(learner, 'dequantize', draftCodes(draw, [5, 4], grid), {...grid});
      },
    },
  ],
};

async function restore(learner: Learner, codes: TensorData, grid: Grid): Promise<TensorData> {
  return expectTensor(await learner.call('dequantize', codes, {...grid}), {what: 'the restored tensor', shape: codes.shape});
}

function draftCodes(draw: Draw, shape: readonly number[], {qmin, qmax}: Grid): TensorData {
  return intTensor(shape, [...draw.tensor(shape, d => d.integer(qmin, qmax)).data]);
}
