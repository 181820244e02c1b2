export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Counts multiplications at 312 trillion in a second: the wrong turn. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return bandwidth > 0 ? 312e12 / (2 * bytes) : 0;
}
