export * from '../answers.ts';

/** A GB/s is a million bytes in a millisecond. */
export function loadTime(bytes: number, bandwidth: number): number {
  const bytesPerMillisecond = bandwidth * 1e6;
  return bytes / bytesPerMillisecond;
}
