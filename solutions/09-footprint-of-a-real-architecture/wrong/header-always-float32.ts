import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'each tensor has its name, dtype and shape'};

/** Takes every tensor for F32 of one dimension. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).map(t => ({...t, dtype: 'F32', shape: [t.bytes / 4]}));
}
