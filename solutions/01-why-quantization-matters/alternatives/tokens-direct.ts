export * from '../answers.ts';

/** Bytes per second over bytes per token. */
export function tokensPerSecond(bytes: number, bandwidth: number): number {
  return (bandwidth * 1e9) / bytes;
}
