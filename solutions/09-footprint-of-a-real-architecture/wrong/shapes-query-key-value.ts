import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'a layer has twelve tensors, and the model four more'};

/** Splits queries, keys and values: as many parameters, but not the tensors that GPT-2 has. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  const {n_embd} = config;
  return gpt2Tensors(config).flatMap(t => {
    if (!t.name.includes('c_attn')) return [t];
    const shape = t.shape.length === 2 ? [n_embd, n_embd] : [n_embd];
    return ['q', 'k', 'v'].map(part => ({name: t.name.replace('c_attn', part), shape}));
  });
}
