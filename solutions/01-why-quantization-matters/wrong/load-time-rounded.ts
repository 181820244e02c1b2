export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a small model in a moment'};

/** Whole milliseconds. */
export function loadTime(bytes: number, bandwidth: number): number {
  return Math.round((bytes / (bandwidth * 1e9)) * 1000);
}
