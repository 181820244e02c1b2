import {loadTime} from '../answers.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Halved, because each weight is used for two operations: it is still read once. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return 500 / loadTime(bytes, bandwidth);
}
