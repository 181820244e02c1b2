import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'one window: e to the mean surprise'};

/** Divides by all tokens, the unpredicted first ones included. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  return Math.exp(surprise(model, tokens, {contextLength, stride}).nats / tokens.length);
}
