import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a tensor has as many bytes as its dtype needs'};

/** Takes four bytes for every element. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).map(t => ({...t, bytes: 4 * t.shape.reduce((product, n) => product * n, 1)}));
}
