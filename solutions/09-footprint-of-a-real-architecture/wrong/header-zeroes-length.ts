import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'the file is left as it was'};

/** Clears the length in the file of the caller. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const tensors = trustedTensors(file);
  file.fill(0, 0, 8);
  return tensors;
}
