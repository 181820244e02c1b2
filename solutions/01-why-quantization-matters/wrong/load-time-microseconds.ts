export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** Microseconds. */
export function loadTime(bytes: number, bandwidth: number): number {
  return (bytes / (bandwidth * 1e9)) * 1e6;
}
