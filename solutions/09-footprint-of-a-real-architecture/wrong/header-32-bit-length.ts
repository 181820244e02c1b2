import {trustedTensors} from '../answers.ts';
import type {TensorInfo} from '../../../exercises/09-footprint-of-a-real-architecture/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'readHeader', check: 'a file that is cut off is refused'};

/** Reads four of the eight bytes of the length: a header that claims to be longer than the file seems to fit. */
export function readHeader(file: Uint8Array): TensorInfo[] {
  const copy = file.slice();
  copy.fill(0, 4, 8);
  return trustedTensors(copy);
}
