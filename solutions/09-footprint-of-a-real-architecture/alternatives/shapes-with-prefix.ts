import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

/** The names that a model in memory has, where the file leaves `transformer.` out. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).map(({name, shape}) => ({name: `transformer.${name}`, shape}));
}
