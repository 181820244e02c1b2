export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** Takes GB/s for bytes per second. */
export function loadTime(bytes: number, bandwidth: number): number {
  return (bytes / bandwidth) * 1000;
}
