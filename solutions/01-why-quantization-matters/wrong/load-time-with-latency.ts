export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'more bytes take longer, more bandwidth is quicker'};

/** Adds a start-up time that nobody asked for. */
export function loadTime(bytes: number, bandwidth: number): number {
  return 5 + (bytes / (bandwidth * 1e9)) * 1000;
}
