import {gpt2Tensors} from '../answers.ts';
import type {Gpt2Config, NamedShape} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'parameterShapes', check: 'the parameters add up'};

/** Forgets that GPT-2 has biases. */
export function parameterShapes(config: Gpt2Config): NamedShape[] {
  return gpt2Tensors(config).filter(({name}) => !name.includes('c_') || name.endsWith('.weight'));
}
