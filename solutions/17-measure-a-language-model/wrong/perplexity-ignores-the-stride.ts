import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows that overlap predict no token twice'};

/** Windows always stand side by side. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const {nats, predicted} = surprise(model, tokens, {contextLength, stride: Math.max(stride, contextLength)});
  return Math.exp(nats / predicted);
}
