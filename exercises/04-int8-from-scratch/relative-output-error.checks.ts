import {expectNumber} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {map, multiply, reference} from './inputs.ts';

export const relativeOutputError: Task = {
  name: 'relativeOutputError',
  title: 'Measure the error of a layer',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'it agrees on a 512×512 layer in int8',
      points: 2,
      async measure(learner, draw) {
        const x = draw.tensor([4, 512]);
        const weights = draw.tensor([512, 512], d => d.uniform(-0.044, 0.044));
        return within(
          await deviation(learner, x, weights, restoredFrom(weights)),
          'On a 512×512 layer your number is not ‖x·W − x·Ŵ‖ / ‖x·W‖. Give it as a fraction, not in percent, and do not forget the root.',
        );
      },
    },
    {
      name: 'it compares outputs, not weights',
      points: 1,
      async measure(learner, draw) {
        // Only a few inputs are large, and exactly their weights are restored badly.
        const x = draw.tensor([6, 24], (d, i) => (i % 24 < 3 ? d.normal(0, 10) : d.normal(0, 0.1)));
        const weights = draw.tensor([24, 10]);
        const restored = map(weights, (w, i) => w + draw.normal(0, i < 30 ? 0.3 : 0.01));
        return within(
          await deviation(learner, x, weights, restored),
          'Inputs weigh the weights: an error in a weight that meets large inputs costs more. Multiply first, then compare the two outputs.',
        );
      },
    },
    {
      name: 'it is relative to the exact output',
      points: 1,
      async measure(learner, draw) {
        const x = draw.tensor([5, 16]);
        const weights = draw.tensor([16, 8]);
        const shrink = draw.uniform(0.4, 0.6);
        return within(
          await deviation(
            learner,
            x,
            weights,
            map(weights, w => w * shrink),
          ),
          'The error is relative to the norm of the exact output x·W, not to that of the restored one, the input or the weights.',
        );
      },
    },
    {
      name: 'it adds squares over the whole output, then takes one root',
      points: 1,
      async measure(learner, draw) {
        // One output column is wrong, and it is a small one: a mean of absolute values or of ratios gives another number.
        const x = draw.tensor([8, 16]);
        const weights = draw.tensor([16, 12], (d, i) => d.normal(0, i % 12 === 5 ? 0.05 : 1));
        const restored = map(weights, (w, i) => (i % 12 === 5 ? -w : w));
        return within(
          await deviation(learner, x, weights, restored),
          'Add the squares of all differences, and take the root once, at the end. A ratio per element explodes where an output is near zero; absolute values without squares are another norm.',
        );
      },
    },
    {
      name: 'its inputs are left as they were',
      points: 1,
      measure: (learner, draw) =>
        unchangedInputs(learner, 'relativeOutputError', draw.tensor([3, 6]), draw.tensor([6, 4]), draw.tensor([6, 4])),
    },
  ],
};

/** How far the learner's number is from the reference, as a share of it. */
async function deviation(learner: Learner, x: TensorData, weights: TensorData, restored: TensorData): Promise<number> {
  const answer = expectNumber(await learner.call('relativeOutputError', x, weights, restored), 'the result of relativeOutputError');
  const right = relativeError(multiply(x, weights), multiply(x, restored));
  return Math.abs(answer - right) / right;
}

function within(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 0.01, unit: 'relative deviation', message};
}

function restoredFrom(weights: TensorData): TensorData {
  const {codes, scale} = reference(weights);
  return map(codes, code => code * scale);
}
