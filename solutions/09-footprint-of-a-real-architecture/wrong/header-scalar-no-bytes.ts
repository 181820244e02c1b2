import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a single number is a tensor, and an empty tensor is one'};

/** Multiplies no sizes, and gets 0. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).map(t => (t.shape.length === 0 ? {...t, bytes: 0} : t));
}
