export * from '../answers.ts';

export const caughtBy = {task: 'loadTime', check: 'more bytes take longer, more bandwidth is quicker'};

/** Amount times speed. */
export function loadTime(bytes: number, bandwidth: number): number {
  return (bytes * bandwidth) / 1e6;
}
