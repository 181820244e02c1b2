export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a small model in a moment'};

/** Never less than a millisecond. */
export function loadTime(bytes: number, bandwidth: number): number {
  return Math.max(1, (bytes / (bandwidth * 1e9)) * 1000);
}
