import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'the model and the tokens are left as they were'};

/** It disposes the model’s table. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const {nats, predicted} = surprise(model, tokens, {contextLength, stride});
  model.table.dispose();
  return Math.exp(nats / predicted);
}
