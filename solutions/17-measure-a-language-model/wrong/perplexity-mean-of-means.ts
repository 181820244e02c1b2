import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows side by side, the last one shorter'};

/** The mean of the windows’ means: the short last window weighs as much as the others. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const all: number[] = [];
  for (let from = 0; from + 1 < tokens.length; from += stride) {
    const window = tokens.slice(from, from + contextLength);
    const {nats, predicted} = surprise(model, window, {contextLength, stride: contextLength});
    all.push(nats / predicted);
  }
  return Math.exp(all.reduce((sum, value) => sum + value, 0) / all.length);
}
