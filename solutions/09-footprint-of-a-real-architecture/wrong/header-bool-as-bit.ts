import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a tensor has as many bytes as its dtype needs'};

/** Takes one bit for a BOOL. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).map(t => (t.dtype === 'BOOL' ? {...t, bytes: Math.ceil(t.bytes / 8)} : t));
}
