export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** Counts reading and writing back: weights are only read. */
export function loadTime(bytes: number, bandwidth: number): number {
  return ((2 * bytes) / (bandwidth * 1e9)) * 1000;
}
