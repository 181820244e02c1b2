import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'every tensor has its own name'};

/** Counts the layers from 1. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).map(t => ({...t, name: t.name.replace(/^h\.(\d+)/, (_, i: string) => `h.${Number(i) + 1}`)}));
}
