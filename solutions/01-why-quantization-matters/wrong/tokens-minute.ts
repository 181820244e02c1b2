import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Tokens in a minute. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return 60_000 / loadTime(bytes, bandwidth);
}
