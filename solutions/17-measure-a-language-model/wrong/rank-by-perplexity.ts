import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {perplexity} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'rankModels', check: 'the best model comes first'};

/** Perplexity per token, called bits. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  return candidates
    .map(({name, model, tokens}) => ({name, bitsPerCharacter: perplexity(model, tokens, windows) / Math.max(1, 0 * characters)}))
    .sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
}
