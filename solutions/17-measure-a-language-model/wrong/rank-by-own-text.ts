import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'rankModels', check: 'bits per character of the common text'};

/** Each model on the text that it wrote itself, which never surprises it. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  return candidates
    .map(({name, model, sample}) => ({name, bitsPerCharacter: surprise(model, sample, windows).nats / Math.LN2 / characters}))
    .sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
}
