export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** 2³⁰ for a giga. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return (bandwidth * 2 ** 30) / bytes;
}
