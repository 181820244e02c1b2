import {expectNumber} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {TensorData} from '../../session/wire/plain.ts';
import {drawModel, drawTokens, logitsOf, measured} from './inputs.ts';

export const meanNll: Task = {
  name: 'meanNll',
  title: 'How surprised is the model?',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'each row of logits is held against the next token',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (let text = 0; text < 3; text++) {
          const model = drawModel(draw, 9);
          const tokens = drawTokens(draw, 30, model);
          const right = (await measured(model, tokens, {contextLength: 30, stride: 30})).meanNll;
          worst = Math.max(worst, Math.abs((await answer(learner, asTensor(logitsOf(model, tokens), 9), tokens)) / right - 1));
        }
        return close(
          worst,
          'The number is not the mean of −ln p of the tokens that came. Row i of the logits is about token i + 1, softmax turns a row into probabilities, and the logarithm is the natural one.',
        );
      },
    },
    {
      name: 'the last row predicts nothing that is known',
      points: 1,
      async measure(learner, draw) {
        // Two tokens: one prediction. What stands in the last row must not matter.
        const tokens = [draw.integer(0, 5), draw.integer(0, 5)];
        const logits = draw.tensor([2, 6], (d, i) => (i < 6 ? d.normal() : d.normal(0, 20)));
        const row = Array.from(logits.data.slice(0, 6));
        const right = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0)) - row[tokens[1]!]!;
        return close(
          Math.abs((await answer(learner, logits, tokens)) - right),
          'n tokens make n − 1 predictions: the first token has nothing before it, and after the last row nothing is known. Divide by the number of predictions.',
        );
      },
    },
    {
      name: 'large logits do not overflow',
      points: 1,
      async measure(learner, draw) {
        const tokens = Array.from({length: 12}, () => draw.integer(0, 4));
        const small = draw.tensor([12, 5], d => d.normal(0, 2));
        // The same number added to a whole row changes no probability.
        const shift = draw.pick([-1, 1]) * draw.uniform(200, 400);
        const large = {...small, data: Float32Array.from(small.data, value => value + shift)};
        const right = await answer(learner, small, tokens);
        return close(
          Math.abs((await answer(learner, large, tokens)) / right - 1),
          'Adding one number to all logits changes no probability, but your result. exp(200) is infinite in float32, exp(−200) is 0: subtract the largest logit first, or use logSoftmax.',
          2e-3,
        );
      },
    },
    {
      name: 'the logits are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'meanNll', draw.tensor([4, 5]), [0, 1, 2, 3]),
    },
  ],
};

async function answer(learner: Learner, logits: TensorData, tokens: readonly number[]): Promise<number> {
  return expectNumber(await learner.call('meanNll', logits, tokens), 'the result of meanNll');
}

function asTensor(values: Float64Array, vocabulary: number): TensorData {
  return {dtype: 'float32', shape: [values.length / vocabulary, vocabulary], data: Float32Array.from(values)};
}

function close(measured: number, message: string, threshold = 1e-3): Measurement {
  return {measured, comparison: '<=', threshold, unit: 'relative deviation', message};
}
