import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'each tensor has its name, dtype and shape'};

/** Takes each byte for a letter: names in UTF-8 fall apart. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const tensors = trustedTensors(file);
  return tensors.map(t => ({...t, name: String.fromCharCode(...new TextEncoder().encode(t.name))}));
}
