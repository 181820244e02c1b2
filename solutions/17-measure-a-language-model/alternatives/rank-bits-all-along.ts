import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Candidate, Rating, SmallModel, Windows} from '../../../exercises/17-measure-a-language-model/interface.ts';
import {logitsOf} from '../answers.ts';
export * from '../answers.ts';

/** Bits from the beginning: log2 of each probability. */
export function rankModels(candidates: readonly Candidate[], characters: number, windows: Windows): Rating[] {
  const bits = (model: SmallModel, tokens: readonly number[]): number => {
    let sum = 0;
    for (let from = 0, done = 0; done < tokens.length; from += windows.stride) {
      const window = tokens.slice(from, from + windows.contextLength);
      const logits = logitsOf(model, window);
      const probabilities = tf.tidy(() => tf.softmax(logits).arraySync());
      logits.dispose();
      for (let at = Math.max(done - from, 1); at < window.length; at++) sum -= Math.log2(probabilities[at - 1]![window[at]!]!);
      done = from + window.length;
    }
    return sum;
  };
  const rated = candidates.map(({name, model, tokens}) => ({name, bitsPerCharacter: bits(model, tokens) / characters}));
  return rated.sort((a, b) => (a.bitsPerCharacter < b.bitsPerCharacter ? -1 : 1));
}
