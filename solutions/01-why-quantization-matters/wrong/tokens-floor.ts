import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'slower than one token a second'};

/** Whole tokens only. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return Math.floor(1000 / loadTime(bytes, bandwidth));
}
