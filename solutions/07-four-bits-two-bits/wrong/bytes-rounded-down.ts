import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'one part of a byte or of a group costs a whole one'};

/** Rounds down: the last group has no scale. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return Math.floor((count * bits) / 8) + Math.floor(count / groupSize) * (scaleBits / 8);
}
