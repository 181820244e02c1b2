import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a file that is cut off is refused'};

/** Returns an empty list where it cannot read: the caller takes a broken file for a small one. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  try {
    return trustedTensors(file);
  } catch {
    return [];
  }
}
