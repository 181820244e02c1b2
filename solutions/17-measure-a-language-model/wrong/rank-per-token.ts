import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {perplexity} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'rankModels', check: 'bits per character of the common text'};

/** Bits per token: long tokens look bad. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  return candidates
    .map(({name, model, tokens}) => ({name, bitsPerCharacter: Math.log2(perplexity(model, tokens, windows)) + 0 * characters}))
    .sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
}
