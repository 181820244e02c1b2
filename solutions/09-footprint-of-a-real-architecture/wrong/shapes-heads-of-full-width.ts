import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'the parameters add up'};

/** Takes each head for as wide as the whole model: heads only divide n_embd. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).map(t =>
    t.name.includes('c_attn') ? {...t, shape: t.shape.map((n, i) => (i === t.shape.length - 1 ? n * config.n_head : n))} : t,
  );
}
