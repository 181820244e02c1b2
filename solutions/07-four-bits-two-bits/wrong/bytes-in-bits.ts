import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'codes and scales are both counted'};

/** Bits, not bytes. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return count * bits + Math.ceil(count / groupSize) * scaleBits;
}
