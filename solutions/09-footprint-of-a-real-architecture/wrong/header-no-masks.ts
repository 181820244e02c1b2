import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'metadata is no tensor'};

/** Takes BOOL tensors for metadata. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).filter(({dtype}) => dtype !== 'BOOL');
}
