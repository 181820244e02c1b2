export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'more bytes take longer, more bandwidth is quicker'};

/** Always a card of 2000 GB/s. */
export function loadTime(bytes: number, bandwidth: number): number {
  return bandwidth > 0 ? bytes / 2e9 : 0;
}
