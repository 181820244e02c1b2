import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'metadata is no tensor'};

/** Lists the metadata as a tensor. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const tensors = trustedTensors(file);
  return new TextDecoder().decode(file).includes('__metadata__')
    ? [{name: '__metadata__', dtype: 'F32', shape: [], bytes: 0}, ...tensors]
    : tensors;
}
