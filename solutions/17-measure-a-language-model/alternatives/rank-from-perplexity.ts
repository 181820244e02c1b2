import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise, perplexity} from '../answers.ts';
export * from '../answers.ts';

/** From perplexity: log2 of it is bits per token; times the predictions, over the characters. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  const rated: Rating[] = [];
  for (const {name, model, tokens} of candidates) {
    // The first token of the text alone has nothing before it where windows overlap.
    const predicted = windows.stride < windows.contextLength ? tokens.length - 1 : surprise(model, tokens, windows).predicted;
    const rating = {name, bitsPerCharacter: (Math.log2(perplexity(model, tokens, windows)) * predicted) / characters};
    const place = rated.findIndex(({bitsPerCharacter}) => bitsPerCharacter > rating.bitsPerCharacter);
    rated.splice(place < 0 ? rated.length : place, 0, rating);
  }
  return rated;
}
