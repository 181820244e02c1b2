export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'more bytes take longer, more bandwidth is quicker'};

/** Speed over amount. */
export function loadTime(bytes: number, bandwidth: number): number {
  return ((bandwidth * 1e9) / bytes) * 1000;
}
