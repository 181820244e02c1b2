import {expectNumber} from '../../checking/expect.ts';
import type {Check, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import {drawModel, drawTokens, measured} from './inputs.ts';
import type {Windows} from './interface.ts';

export const perplexity: Task = {
  name: 'perplexity',
  title: 'Perplexity of a long text',
  timeoutMs: 15_000,
  checks: [
    exact(
      'one window: e to the mean surprise',
      20,
      {contextLength: 32, stride: 32},
      'A text that fits one window: perplexity is exp of the mean of −ln p. Base e on both sides.',
    ),
    exact(
      'windows side by side, the last one shorter',
      53,
      {contextLength: 12, stride: 12},
      'With windows side by side the result is off. The first token of each window has nothing before it there and is not predicted; the last window is shorter and weighs less: add up all −ln p and divide once, at the end.',
    ),
    exact(
      'windows that overlap predict no token twice',
      50,
      {contextLength: 16, stride: 6},
      'With overlapping windows the result is off. A window predicts only what no window before it has predicted; the tokens before that are there to look back on.',
    ),
    {
      name: 'the model and the tokens are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {table, memory} = drawModel(draw, 5);
        return unchangedInputs(learner, 'perplexity', {table, memory}, drawTokens(draw, 12, {table, memory}), {
          contextLength: 6,
          stride: 3,
        });
      },
    },
  ],
};

function exact(name: string, count: number, windows: Windows, message: string): Check {
  return {
    name,
    points: 2,
    async measure(learner, draw) {
      let worst = 0;
      for (let text = 0; text < 3; text++) {
        const {table, memory} = drawModel(draw, 8);
        const tokens = drawTokens(draw, count, {table, memory});
        const right = (await measured({table, memory}, tokens, windows)).perplexity;
        const answer = expectNumber(await learner.call('perplexity', {table, memory}, tokens, {...windows}), 'the result of perplexity');
        worst = Math.max(worst, Math.abs(answer / right - 1));
      }
      return {measured: worst, comparison: '<=', threshold: 1e-3, unit: 'relative deviation', message};
    },
  };
}
