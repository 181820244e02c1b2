export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** Multiplies by 8: bandwidth in gigabits. */
export function loadTime(bytes: number, bandwidth: number): number {
  return ((8 * bytes) / (bandwidth * 1e9)) * 1000;
}
