import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'slower than one token a second'};

/** Never less than one. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return Math.max(1, 1000 / loadTime(bytes, bandwidth));
}
