import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a single number is a tensor, and an empty tensor is one'};

/** Leaves out what has no shape. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).filter(({shape}) => shape.length > 0);
}
