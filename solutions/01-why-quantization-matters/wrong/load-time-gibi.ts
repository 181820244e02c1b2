export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'a large model, in milliseconds'};

/** 2³⁰ for a giga: 7% off. */
export function loadTime(bytes: number, bandwidth: number): number {
  return (bytes / (bandwidth * 2 ** 30)) * 1000;
}
