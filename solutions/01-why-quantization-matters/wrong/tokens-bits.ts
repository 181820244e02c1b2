export * from '../answers.ts';

export const caughtBy = {task: 'tokensPerSecond', check: 'each token reads every weight once'};

/** Bandwidth in bits. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return (8 * bandwidth * 1e9) / bytes;
}
