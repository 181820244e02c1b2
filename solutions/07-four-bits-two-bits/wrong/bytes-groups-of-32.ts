import type {Storage} from '../../../exercises/07-four-bits-two-bits/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'bytesOf', check: 'bits, group size and scale format all matter'};

/** Groups of 32, whatever was asked. */
export function bytesOf(count: number, {bits, scaleBits}: Storage): number {
  return Math.ceil((count * bits) / 8) + Math.ceil(count / 32) * (scaleBits / 8);
}
