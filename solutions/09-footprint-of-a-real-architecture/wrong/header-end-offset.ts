import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a tensor has as many bytes as its dtype needs'};

/** Takes the end of a tensor for its length. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  let end = 0;
  return trustedTensors(file).map(t => ({...t, bytes: (end += t.bytes)}));
}
