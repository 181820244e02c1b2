import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows side by side, the last one shorter'};

/** The whole text in one window, longer than the model may see. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const {nats, predicted} = surprise(model, tokens, {contextLength: tokens.length, stride: contextLength + stride > 0 ? tokens.length : 1});
  return Math.exp(nats / predicted);
}
