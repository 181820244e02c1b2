import {expectTensor} from '../../checking/expect.ts';
import {maxAbsError} from '../../checking/metrics.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {map, reference} from './inputs.ts';

export const dequantize: Task = {
  name: 'dequantize',
  title: 'Restore the values',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each value is scale times code',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const scale of [draw.uniform(0.001, 0.01), draw.uniform(0.3, 0.7), draw.uniform(20, 50)]) {
          const codes = draftCodes(draw, [7, 9]);
          const restored = await restore(learner, codes, scale);
          worst = Math.max(worst, maxAbsError(map(codes, code => code * scale).data, restored.data) / scale);
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× scale',
          message:
            'A restored value is not scale · code. There is no zero point here, nothing is added, nothing is rounded, and negative codes stay negative.',
        };
      },
    },
    {
      name: 'float32 comes back, in the shape of the codes',
      points: 1,
      async measure(learner, draw) {
        let right = 0;
        const shapes = [[], [1], [3, 4], [2, 3, 2]];
        for (const shape of shapes) {
          const restored = await restore(learner, draftCodes(draw, shape), draw.uniform(0.1, 0.3));
          if (restored.dtype === 'float32') right++;
        }
        return {
          measured: right,
          comparison: '==',
          threshold: shapes.length,
          unit: 'shapes',
          message: 'The restored tensor must be float32: an integer tensor cannot hold scale · code.',
        };
      },
    },
    {
      name: 'a round trip errs by half a step at most',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([300], d => d.normal(0, 0.2));
        const {codes, scale} = reference(x);
        const restored = await restore(learner, codes, scale);
        return {
          measured: maxAbsError(x.data, restored.data) / scale,
          comparison: '<=',
          threshold: 0.55,
          unit: '× scale',
          message:
            'Quantized by us and restored by you, a value is further away than half a step (a little room is left for float32). Each code must land on its own grid point.',
          picture: {
            title: 'Error of each value after a round trip, in steps',
            series: [{label: 'error', x: [...x.data], y: Array.from(x.data, (v, i) => (restored.data[i]! - v) / scale), mark: 'dot'}],
          },
        };
      },
    },
    {
      name: 'the codes are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'dequantize', draftCodes(draw, [5, 4]), draw.uniform(0.1, 0.2)),
    },
  ],
};

async function restore(learner: Learner, codes: TensorData, scale: number): Promise<TensorData> {
  return expectTensor(await learner.call('dequantize', codes, scale), {what: 'the restored tensor', shape: codes.shape});
}

function draftCodes(draw: Draw, shape: readonly number[]): TensorData {
  const values = draw.tensor(shape, d => d.integer(-127, 127));
  return {dtype: 'int32', shape, data: Int32Array.from(values.data)};
}
