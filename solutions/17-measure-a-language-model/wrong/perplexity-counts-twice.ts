import type {SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'perplexity', check: 'windows that overlap predict no token twice'};

/** Overlapping windows count their common tokens again. */
export function perplexity(model: SmallModel, tokens: readonly number[], {contextLength, stride}: Windows): number {
  let [nats, predicted] = [0, 0];
  for (let from = 0, done = 0; done < tokens.length; from += stride) {
    const window = tokens.slice(from, from + contextLength);
    const part = surprise(model, window, {contextLength, stride: contextLength});
    nats += part.nats;
    predicted += part.predicted;
    done = from + window.length;
  }
  return Math.exp(nats / predicted);
}
