import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'the config is left as it was'};

/** Counts the layers down in the config of the caller. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  const shapes = gpt2Tensors(config);
  const counter = config as {n_layer: number};
  while (counter.n_layer > 0) counter.n_layer--;
  return shapes;
}
