import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'one part of a byte or of a group costs a whole one'};

/** Rounds to the nearest: a last group that is less than half full has no scale. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return Math.round((count * bits) / 8) + Math.round(count / groupSize) * (scaleBits / 8);
}
