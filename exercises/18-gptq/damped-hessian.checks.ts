import {expectTensor} from '../../checking/expect.ts';
import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {diagonal, hessianOf, layer} from './inputs.ts';

export const dampedHessian: Task = {
  name: 'dampedHessian',
  title: 'Collect the Hessian',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'it says how inputs move together',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const samples of [40, 7]) {
          // Inputs are not zero on average: a covariance is another matrix.
          const mean = draw.uniform(1, 2);
          const x = draw.tensor([samples, 12], (d, i) => d.normal(i % 12 < 6 ? mean : -0.5, 1));
          worst = Math.max(worst, await deviation(learner, x, 0));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× mean of the diagonal',
          message:
            'Without dampening the result must be Xᵀ·X, up to a factor: for each pair of inputs the sum over samples of one times the other. Nothing is subtracted from the inputs, and pairs of different inputs count as well.',
        };
      },
    },
    {
      name: 'dampening is a share of the mean of the diagonal',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const unit of [1e-3, 1, 50]) {
          const x = draw.tensor([30, 10], (d, i) => d.normal(0.5, 1 + (i % 10)) * unit);
          worst = Math.max(worst, await deviation(learner, x, draw.uniform(0.1, 0.5)));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.01,
          unit: '× mean of the diagonal',
          message:
            'Add dampening · (mean of the diagonal) to each element of the diagonal, and to nothing else. A fixed number would be nothing for large inputs and everything for small ones.',
        };
      },
    },
    {
      name: 'an input that is always 0 can be divided by',
      points: 1,
      async measure(learner, draw) {
        const {calibration} = layer(draw, {inputs: 12, samples: 30});
        const dead = draw.integer(0, 11);
        const x = {...calibration, data: calibration.data.map((value, i) => (i % 12 === dead ? 0 : value))};
        const h = await answerFor(learner, x, 0.01);
        const right = diagonal(hessianOf(x, 0.01));
        const own = diagonal({size: 12, data: h.data});
        const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
        return {
          measured: own[dead]! / total(own) / (right[dead]! / total(right)),
          comparison: '>=',
          threshold: 0.5,
          unit: '× the dampening that it should have',
          message:
            'The input that is always 0 has (nearly) nothing on the diagonal, and H cannot be inverted. Dampening is added, to each element of the diagonal the same.',
        };
      },
    },
    {
      name: 'the activations are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'dampedHessian', draw.tensor([9, 5]), 0.01),
    },
  ],
};

async function answerFor(learner: Learner, x: TensorData, dampening: number): Promise<TensorData> {
  const inputs = x.shape[1]!;
  return expectTensor(await learner.call('dampedHessian', x, dampening), {what: 'the Hessian', shape: [inputs, inputs]});
}

/** The largest difference from the reference, both divided by the mean of their diagonals: whether there is a factor 1, 2 or 2/n does not matter to GPTQ. */
async function deviation(learner: Learner, x: TensorData, dampening: number): Promise<number> {
  const h = await answerFor(learner, x, dampening);
  const right = hessianOf(x, dampening);
  const own = scaled({size: right.size, data: h.data});
  return scaled(right).reduce((worst, value, i) => Math.max(worst, Math.abs(value - own[i]!)), 0);
}

function scaled({size, data}: {readonly size: number; readonly data: ArrayLike<number>}): number[] {
  const mean = diagonal({size, data}).reduce((sum, value) => sum + value, 0) / size;
  return Array.from(data, value => value / (mean || 1));
}
