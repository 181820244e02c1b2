import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

/** A table of names and shapes, in another order. */
export function parameterShapes({n_layer, n_embd: e, vocab_size, n_positions}: Gpt2Config): NamedShape[] {
  const layer: Record<string, number[]> = {
    'ln_1.weight': [e],
    'ln_1.bias': [e],
    'attn.c_attn.weight': [e, 3 * e],
    'attn.c_attn.bias': [3 * e],
    'attn.c_proj.weight': [e, e],
    'attn.c_proj.bias': [e],
    'ln_2.weight': [e],
    'ln_2.bias': [e],
    'mlp.c_fc.weight': [e, 4 * e],
    'mlp.c_fc.bias': [4 * e],
    'mlp.c_proj.weight': [4 * e, e],
    'mlp.c_proj.bias': [e],
  };
  const all: Record<string, number[]> = {
    'wte.weight': [vocab_size, e],
    'wpe.weight': [n_positions, e],
    'ln_f.weight': [e],
    'ln_f.bias': [e],
  };
  for (let i = 0; i < n_layer; i++) for (const [name, shape] of Object.entries(layer)) all[`h.${i}.${name}`] = shape;
  return Object.entries(all).map(([name, shape]) => ({name, shape}));
}
