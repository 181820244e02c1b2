import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Seconds for a token, upside down. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return loadTime(bytes, bandwidth) / 1000;
}
