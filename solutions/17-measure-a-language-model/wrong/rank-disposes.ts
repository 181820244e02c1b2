import type {Candidate, Rating, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {surprise} from '../answers.ts';
export * from '../answers.ts';

export const caughtBy = {task: 'rankModels', check: 'the candidates are left as they were'};

/** It disposes the candidates’ tables, which the caller still needs. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  const rated = candidates
    .map(({name, model, tokens}) => ({name, bitsPerCharacter: surprise(model, tokens, windows).nats / Math.LN2 / characters}))
    .sort((a, b) => a.bitsPerCharacter - b.bitsPerCharacter);
  for (const {model} of candidates) model.table.dispose();
  return rated;
}
