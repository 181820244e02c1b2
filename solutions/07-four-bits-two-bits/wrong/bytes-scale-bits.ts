import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'codes and scales are both counted'};

/** Adds the bits of the scales to the bytes of the codes. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return Math.ceil((count * bits) / 8) + Math.ceil(count / groupSize) * scaleBits;
}
