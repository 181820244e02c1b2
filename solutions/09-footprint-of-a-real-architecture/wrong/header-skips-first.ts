import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'each tensor has its name, dtype and shape'};

/** Skips the first entry, because it was metadata once. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).slice(1);
}
