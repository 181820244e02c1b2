import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows side by side, the last one shorter'};

/** The mean of the windows’ perplexities: a short window weighs as much as a long one, and a mean of powers is not the power of a mean. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const all: number[] = [];
  for (let from = 0; from + 1 < tokens.length; from += stride)
    all.push(
      Math.exp(
        surprise(model, tokens.slice(from, from + contextLength), {contextLength, stride: contextLength}).nats /
          (Math.min(contextLength, tokens.length - from) - 1),
      ),
    );
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}
