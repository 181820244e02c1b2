import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'a model of billions is counted exactly'};

/** Shifts for divisions: beyond 2^31 they wrap around. */
export function bytesOf(count: number, {bits, groupSize, scaleBits}: Storage): number {
  return ((count * bits + 7) >> 3) + (((count + groupSize - 1) / groupSize) >> 0) * (scaleBits >> 3);
}
