import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Milliseconds for a token. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return loadTime(bytes, bandwidth);
}
