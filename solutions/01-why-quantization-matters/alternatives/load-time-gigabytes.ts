export * from '../answers.ts';

/** GB over GB/s. */
export function loadTime(bytes: number, bandwidth: number): number {
  const gigabytes = bytes / 1e9;
  return (1000 * gigabytes) / bandwidth;
}
