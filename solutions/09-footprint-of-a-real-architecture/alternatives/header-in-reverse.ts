import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

/** The list in another order. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).toReversed();
}
