import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'one part of a byte or of a group costs a whole one'};

/** Does not round at all: 4.5 bits times the count, even of a half byte and a half group. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return (count * (bits + scaleBits / groupSize)) / 8;
}
