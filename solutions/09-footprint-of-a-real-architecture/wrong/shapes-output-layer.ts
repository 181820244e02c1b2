import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'the parameters add up'};

/** Counts the output layer, which is the token embedding, a second time. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return [...gpt2Tensors(config), {name: 'lm_head.weight', shape: [config.vocab_size, config.n_embd]}];
}
