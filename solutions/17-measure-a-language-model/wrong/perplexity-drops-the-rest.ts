import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows side by side, the last one shorter'};

/** What does not fill a window is left out. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  const whole = tokens.slice(0, Math.max(contextLength, Math.floor(tokens.length / contextLength) * contextLength));
  const {nats, predicted} = surprise(model, whole, {contextLength, stride});
  return Math.exp(nats / predicted);
}
