export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** Seconds, not milliseconds. */
export function loadTime(bytes: number, bandwidth: number): number {
  return bytes / (bandwidth * 1e9);
}
