export * from '../answers.ts';

/** One over the seconds of a token. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  const seconds = bytes / 1e9 / bandwidth;
  return 1 / seconds;
}
