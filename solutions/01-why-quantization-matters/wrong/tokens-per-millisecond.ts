import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Tokens per millisecond. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return 1 / loadTime(bytes, bandwidth);
}
