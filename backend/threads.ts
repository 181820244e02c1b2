import {availableParallelism} from 'node:os';

/** How many threads tensors may use: SNAPGRID_THREADS, else undefined for as many as the machine has cores. */
export function chosenThreads(): number | undefined {
  const text = process.env['SNAPGRID_THREADS'];
  if (!text) return undefined;
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1)
    throw new Error(`Expected SNAPGRID_THREADS to be 1 or more, got ${JSON.stringify(text)}; unset it to use every core.`);
  return threads;
}

/** `1 thread`, `8 threads`. */
export function describeThreads(): string {
  const threads = chosenThreads() ?? availableParallelism();
  return threads === 1 ? '1 thread' : `${threads} threads`;
}
