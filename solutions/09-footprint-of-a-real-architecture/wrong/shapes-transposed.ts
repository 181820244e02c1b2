import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'matrices are inputs × outputs'};

/** Stores matrices as [outputs, inputs], as nn.Linear does. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).map(t => (t.name.startsWith('h.') ? {...t, shape: t.shape.toReversed()} : t));
}
