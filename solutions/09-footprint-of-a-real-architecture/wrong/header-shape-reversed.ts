import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'each tensor has its name, dtype and shape'};

/** Lists the sizes from the inside to the outside, as GGUF does. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  return trustedTensors(file).map(t => ({...t, shape: t.shape.toReversed()}));
}
