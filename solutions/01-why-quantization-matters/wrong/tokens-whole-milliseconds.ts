import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Rounds the time of a token up to whole milliseconds. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return 1000 / Math.ceil(loadTime(bytes, bandwidth));
}
