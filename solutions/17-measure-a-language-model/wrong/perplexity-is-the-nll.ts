import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'one window: e to the mean surprise'};

/** The mean surprise itself, without the exponential. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const {nats, predicted} = surprise(model, tokens, {contextLength, stride});
  return nats / predicted;
}
