import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'rankModels', check: 'the best model comes first'};

/** In the order in which they came. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  return candidates.map(({name, model, tokens}) => ({
    name,
    bitsPerCharacter: surprise(model, tokens, windows).nats / Math.LN2 / characters,
  }));
}
