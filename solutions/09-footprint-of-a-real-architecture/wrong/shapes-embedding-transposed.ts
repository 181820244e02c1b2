import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'matrices are inputs × outputs'};

/** Stores the token embedding as [n_embd, vocab_size]. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).map(t => (t.name === 'wte.weight' ? {...t, shape: t.shape.toReversed()} : t));
}
